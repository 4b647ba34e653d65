// The runs of the past: how many people and changes there were over time, and each run with how it ended.
import type { DirectoryReport } from '#core/directory-ports.ts'
import type { View } from '../view.ts'
import { type Post, UndoRun } from './directory-decisions.tsx'
import { countsOf, outcomes, stateWord } from './directory-reports.tsx'
import { SheetLink } from './directory-sheets.tsx'
import { Icon } from './icon.tsx'
import { Ago, Badge, Card } from './pieces.tsx'
import { number, span } from './time.ts'

const shownAtOnce = 8

interface HistoryProps {
  readonly view: View
  /** Newest first. */
  readonly runs: readonly DirectoryReport[]
  readonly post: Post
  readonly source: string
}

export function HistoryCard({ view, runs, post, source }: HistoryProps) {
  const t = view.t.directory
  const rest = runs.slice(shownAtOnce)
  return (
    <Card title={t.runs} lead={t.runsLead} id="history">
      <Chart view={view} runs={runs} />
      <RunRows view={view} post={post} runs={runs.slice(0, shownAtOnce)} source={source} />
      {rest.length > 0 && (
        <details class="more">
          <summary class="button small">
            <Icon name="chevron-down" />
            <span>{t.runsMore(rest.length)}</span>
          </summary>
          <RunRows view={view} post={post} runs={rest} source={source} />
        </details>
      )}
    </Card>
  )
}

const RunRows = ({ view, runs, post, source }: HistoryProps) => (
  <ul class="rows runs">
    {runs.map((run) => (
      <li>
        <Badge tone={outcomes[run.outcome]}>{stateWord(view, run)}</Badge>
        <div class="row-main">
          {run.run?.kind === 'undo' && <strong>{view.t.directory.undoOf(run.run.undoes ?? 0)} </strong>}
          {run.outcome === 'applied' ? countsOf(view, run).join(' · ') : run.reasons.join(' ')}
          {run.repeats > 1 && <span class="muted"> · {view.t.directory.repeated(run.repeats)}</span>}
        </div>
        <UndoRun view={view} post={post} report={run} />
        {changesOf(run) > 0 && <SheetLink view={view} report={run} list="changes" source={source} small />}
        <span class="muted numbers">{span(run.durationMilliseconds, view.language)}</span>
        <span class="muted run-at">
          <Ago view={view} at={run.at} />
          {run.run?.by.name && ` · ${run.run.by.name}`}
        </span>
      </li>
    ))}
  </ul>
)

const wide = 600
const tall = 90

/** People as a line, changes as bars below it. Runs that read nothing leave a gap. */
function Chart({ view, runs }: Pick<HistoryProps, 'view' | 'runs'>) {
  const t = view.t.directory
  const read = [...runs].reverse().filter(({ read: { users }, scope }) => users > 0 && scope !== 'changes')
  if (read.length < 3) return null
  const people = read.map((run) => run.read.users)
  const [least, most] = [Math.min(...people), Math.max(...people)]
  const step = wide / (read.length - 1)
  const height = (users: number) => 8 + (most === least ? 0.5 : (most - users) / (most - least)) * 44
  const points = people.map((users, at) => `${round(at * step)},${round(height(users))}`)
  const changes = read.map(changesOf)
  const mostChanges = Math.max(1, ...changes)
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${wide} ${tall}`} preserveAspectRatio="none" role="img" aria-label={t.chartOf(read.length, least, most)}>
        <polygon class="chart-area" points={`0,62 ${points.join(' ')} ${wide},62`} />
        <polyline class="chart-line" points={points.join(' ')} vector-effect="non-scaling-stroke" />
        {changes.map((count, at) => {
          const high = count === 0 ? 0 : round(3 + (21 * Math.log1p(count)) / Math.log1p(mostChanges))
          return (
            <rect
              class="chart-bar"
              x={round(Math.min(wide - 4, Math.max(0, at * step - 2)))}
              y={tall - high}
              width={4}
              height={high}
            />
          )
        })}
      </svg>
      <figcaption>
        <span>
          <i class="key-line" /> {t.chartPeople(number(people.at(-1) ?? 0, view.language))}
        </span>
        <span>
          <i class="key-bar" /> {t.chartChanges}
        </span>
      </figcaption>
    </figure>
  )
}

const changesOf = ({ counts: { skipped: _left, ...changed } }: DirectoryReport): number =>
  Object.values(changed).reduce((sum, one) => sum + one, 0)
const round = (value: number) => Math.round(value * 10) / 10
