// How far a run is: which stage, how many of how many, and the whole as a bar. The island moves it; without script it is as of the page.
import type { DirectoryProgress } from '#core/directory-ports.ts'
import type { View } from '../view.ts'

type Kind = DirectoryProgress['kind']
type Stage = DirectoryProgress['stage']

const stages: Readonly<Record<Exclude<Kind, 'changes'>, readonly Stage[]>> = {
  sync: ['connect', 'users', 'groups', 'plan', 'guard', 'write', 'pictures'],
  plan: ['connect', 'users', 'groups', 'plan', 'guard'],
  undo: ['undo'],
}
const all = [...new Set(Object.values(stages).flat())]
const kinds = Object.keys(stages) as (keyof typeof stages)[]

interface ProgressProps {
  readonly view: View
  /** The run that goes on now; changes that come in by themselves are over before anybody looks. */
  readonly progress: DirectoryProgress | undefined
  /** Where a browser follows it. */
  readonly follow: string
  /** The page that shows how it ended. */
  readonly result: string
}

export function ProgressCard({ view, progress, follow, result }: ProgressProps) {
  const t = view.t.directory
  const kind = progress && progress.kind !== 'changes' ? progress.kind : undefined
  const shown = kind ?? 'sync'
  const at = kind && progress ? stages[kind].indexOf(progress.stage) : -1
  return (
    <section class="card" id="live-run" aria-label={t.progress} data-follow={follow} hidden={kind === undefined}>
      <div class="card-body">
        <div role="status">
          {kinds.map((one) => (
            <strong data-kind={one} hidden={one !== shown}>
              {t.going[one]}
            </strong>
          ))}
          <span data-over hidden>
            {t.over} <a href={result}>{t.showResult}</a>
          </span>
        </div>
        <progress max={100} value={progress?.percent} aria-label={t.going[shown]} />
        <ol class="going">
          {all.map((stage) => (
            <li
              data-stage={stage}
              data-kinds={kinds.filter((one) => stages[one].includes(stage)).join(' ')}
              hidden={!stages[shown].includes(stage)}
              class={stageClass(stages[shown].indexOf(stage), at)}
              aria-current={stage === progress?.stage ? 'step' : undefined}
            >
              {t.stages[stage]} <span class="numbers" />
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}

const stageClass = (place: number, at: number) => (place < at ? 'done' : place === at ? 'now' : undefined)
