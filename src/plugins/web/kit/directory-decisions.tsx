// What an administrator decides about a directory: a plan that waits is applied, a run is taken back, a kind of server is taken over.
import type { DetectedDirectory, DirectoryReport } from '#core/directory-ports.ts'
import type { View } from '../view.ts'
import { Icon } from './icon.tsx'
import { Card, Empty } from './pieces.tsx'

/** Where forms of one directory are posted to. */
export type Post = (what: string) => string

interface DecisionProps {
  readonly view: View
  readonly post: Post
  readonly report: DirectoryReport
}

/** A held run goes through once, when somebody says so; a preview becomes the run that was looked at. */
export function ApplyPlan({ view, post, report }: DecisionProps) {
  const t = view.t.directory
  if (report.plan === null) return null
  const held = report.outcome === 'refused'
  return (
    <form method="post" action={post('apply')} class="decision" data-busy={view.t.app.working}>
      <input type="hidden" name="plan" value={report.plan} />
      <div>
        <strong>{held ? t.applyHeld : t.applyPlan}</strong>
        <p class="muted">{held ? t.applyHeldLead : t.applyPlanLead}</p>
        {held && (
          <label class="check">
            <input type="checkbox" name="sure" value="yes" required />
            {t.applySure}
          </label>
        )}
      </div>
      <button type="submit" class={held ? 'button danger' : 'button primary'}>
        <Icon name="play" />
        <span>{held ? t.applyAnyway : t.applyThis}</span>
      </button>
    </form>
  )
}

/** Asked twice: opened, then pressed. */
export function UndoRun({ view, post, report }: DecisionProps) {
  const t = view.t.directory
  const { run } = report
  if (!run?.undoable) return null
  return (
    <details class="undo">
      <summary class="button small">
        <Icon name="rotate-ccw" />
        <span>{t.undo}</span>
      </summary>
      <form method="post" action={post('undo')} class="inline-form" data-busy={view.t.app.working}>
        <input type="hidden" name="run" value={String(run.id)} />
        <span class="muted">{t.undoLead}</span>
        <button type="submit" class="button small danger">
          <span>{t.undoSure}</span>
        </button>
      </form>
    </details>
  )
}

interface DetectedProps {
  readonly view: View
  readonly action: string
  readonly detected: DetectedDirectory
  /** What was typed and not saved yet: it is saved together with what was found. */
  readonly typed: Readonly<Record<string, string>>
  /** What the settings are called, by key. */
  readonly labels: ReadonlyMap<string, string>
}

/** What a directory says it is, and the values that go with it. */
export function DetectedCard({ view, action, detected, typed, labels }: DetectedProps) {
  const t = view.t.directory
  const settings = Object.entries(detected.settings)
  return (
    <Card title={t.detected(detected.label)} lead={detected.evidence.join(' · ')}>
      {settings.length === 0 && <Empty icon="info" title={t.detectedNothing} />}
      <dl class="pairs wide">
        {Object.entries(detected.fills).map(([key, value]) => (
          <div>
            <dt>{view.said(labels.get(key) ?? key)}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
      {settings.length > 0 && (
        <form method="post" action={action} data-busy={view.t.app.working}>
          {Object.entries({ ...typed, ...detected.settings }).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <button type="submit" class="button primary">
            <Icon name="check" />
            <span>{t.detectedUse}</span>
          </button>
        </form>
      )}
    </Card>
  )
}
