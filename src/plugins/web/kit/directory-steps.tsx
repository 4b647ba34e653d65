// The steps of a test of the directory: all at once where there is no script, one by one as they end where there is (islands/directory.ts).
import type { DirectoryStep } from '#core/directory-ports.ts'
import type { View } from '../view.ts'
import { Icon } from './icon.tsx'
import { Card } from './pieces.tsx'
import { span } from './time.ts'

interface StepsProps {
  readonly view: View
  readonly steps: readonly DirectoryStep[]
}

export const StepsCard = ({ view, steps }: StepsProps) => (
  <Card title={view.t.directory.steps} lead={stepsLead(view, steps)}>
    <div role="status">
      <ol class="steps">
        {steps.map((step) => (
          <StepLine view={view} step={step} />
        ))}
      </ol>
    </div>
  </Card>
)

/** How the whole test went, in a sentence. */
export function stepsLead({ t: { directory: t } }: View, steps: readonly DirectoryStep[]): string {
  if (steps.some(({ ok }) => !ok)) return t.stepsBad
  return steps.some(({ warn }) => warn) ? t.stepsWarn : t.stepsOk
}

export function StepLine({ view, step }: { readonly view: View; readonly step: DirectoryStep }) {
  const { name, ok, warn, milliseconds, detail } = step
  const tone = ok ? (warn ? 'warn' : 'ok') : 'bad'
  return (
    <li class={tone}>
      <Icon name={{ ok: 'circle-check', warn: 'triangle-alert', bad: 'circle-x' }[tone]} />
      <strong>{view.t.directory.stepNames[name] ?? name}</strong>
      <span class="step-detail">{detail}</span>
      <span class="mono muted">{span(milliseconds, view.language)}</span>
    </li>
  )
}

/** Where the island writes steps. Nothing of it is seen until then. */
export const LiveCard = ({ view }: { readonly view: View }) => (
  <section class="card" id="live-steps" aria-label={view.t.directory.steps} hidden>
    <header class="card-head">
      <div>
        <h2>{view.t.directory.steps}</h2>
        <p class="muted" data-lead aria-live="polite">
          {view.t.app.working}
        </p>
      </div>
    </header>
    <div class="card-body">
      <div role="status">
        <ol class="steps" />
      </div>
    </div>
  </section>
)
