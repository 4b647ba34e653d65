// What a test, a preview and a run say of the directory.
import type { DirectoryChange, DirectoryReport } from '#core/directory-ports.ts'
import type { View } from '../view.ts'
import { ApplyPlan, type Post } from './directory-decisions.tsx'
import { SheetLink } from './directory-sheets.tsx'
import { Icon } from './icon.tsx'
import { Ago, Avatar, Badge, Card, Empty, Notice, type Tone } from './pieces.tsx'
import { span } from './time.ts'

const shownChanges = 200
const shownProblems = 50

export const outcomes: Readonly<Record<DirectoryReport['outcome'], Tone>> = {
  applied: 'ok',
  planned: 'accent',
  refused: 'warn',
  failed: 'bad',
}

/** The numbers that are not nothing. */
export function countsOf(view: View, { counts, read }: DirectoryReport): readonly string[] {
  const t = view.t.directory
  const said = Object.entries(counts).flatMap(([name, count]) =>
    count === 0 ? [] : [`${count.toLocaleString(view.language)} ${t.counts[name]?.[count === 1 ? 0 : 1] ?? name}`],
  )
  return [t.read(read.users, read.groups), ...(said.length === 0 ? [t.nothing] : said)]
}

/** How a run ended, in a word. */
export function stateWord({ t: { directory: t } }: View, { outcome }: DirectoryReport): string {
  if (outcome === 'refused') return t.states.refused
  return t.states[outcome === 'failed' ? 'failed' : 'ok']
}

interface ReportProps {
  readonly view: View
  readonly post: Post
  readonly source: string
  readonly report: DirectoryReport
}

export function RunCard({ view, post, report, source }: ReportProps) {
  const t = view.t.directory
  const went = report.outcome === 'applied'
  return (
    <Card title={t.history} lead={t.historyLead} aside={<Badge tone={outcomes[report.outcome]}>{stateWord(view, report)}</Badge>}>
      {!went && (
        <Notice tone={outcomes[report.outcome]}>
          <strong>{t.refusedLead}</strong>
          {report.reasons.map((reason) => (
            <p>{reason}</p>
          ))}
        </Notice>
      )}
      {went && (
        <ul class="tokens">
          {countsOf(view, report).map((one) => (
            <li class="token">{one}</li>
          ))}
        </ul>
      )}
      <p class="muted">
        <Ago view={view} at={report.at} /> · {t.took(span(report.durationMilliseconds, view.language))}
        {report.repeats > 1 && ` · ${t.repeated(report.repeats)}`}
      </p>
      {!went && report.changes.length > 0 && (
        <details class="expert">
          <summary class="button small">
            <Icon name="git-compare-arrows" />
            <span>{t.wouldChange}</span>
          </summary>
          <ChangesTable view={view} changes={report.changes.slice(0, shownChanges)} />
        </details>
      )}
      {!went && <ApplyPlan view={view} post={post} report={report} />}
      <Remarks view={view} report={report} source={source} />
    </Card>
  )
}

/** Warnings and the entries that were left out. */
function Remarks({ view, report, source }: Omit<ReportProps, 'post'>) {
  const t = view.t.directory
  const { problems, warnings } = report
  return (
    <>
      {warnings.map((warning) => (
        <Notice tone="warn">{warning}</Notice>
      ))}
      {problems.length > 0 && (
        <details class="problems" open={problems.length <= 5}>
          <summary>
            <Icon name="triangle-alert" />
            <strong>{t.problems}</strong>
            <span class="muted">{t.problemsLead(problems.length)}</span>
          </summary>
          <ul>
            {problems.slice(0, shownProblems).map(({ dn, why }) => (
              <li>
                <code>{dn}</code>
                <span>{why}</span>
              </li>
            ))}
          </ul>
          <p class="problems-foot">
            {problems.length > shownProblems && <span class="muted">{t.problemsMore(problems.length - shownProblems)}</span>}
            <SheetLink view={view} report={report} list="problems" source={source} />
          </p>
        </details>
      )}
    </>
  )
}

export function PreviewCard({ view, post, report, source }: ReportProps) {
  const t = view.t.directory
  const stopped = report.outcome === 'refused' || report.outcome === 'failed'
  const more = report.changesNotShown + Math.max(0, report.changes.length - shownChanges)
  return (
    <Card title={t.previewTitle} lead={t.previewLead(span(report.durationMilliseconds, view.language))}>
      {stopped && (
        <Notice tone={outcomes[report.outcome]}>
          <strong>{t.refusedLead}</strong>
          {report.reasons.map((reason) => (
            <p>{reason}</p>
          ))}
        </Notice>
      )}
      <div role="status">
        <ul class="tokens">
          {countsOf(view, report).map((one) => (
            <li class="token">{one}</li>
          ))}
        </ul>
      </div>
      {report.changes.length === 0 && !stopped && <Empty icon="circle-check" title={t.previewEmpty} />}
      {report.changes.length > 0 && <ChangesTable view={view} changes={report.changes.slice(0, shownChanges)} />}
      {report.changes.length > 0 && (
        <p class="sheet-row">
          <span class="muted">{more > 0 && t.previewMore(more)}</span>
          <SheetLink view={view} report={report} list="changes" source={source} />
        </p>
      )}
      <ApplyPlan view={view} post={post} report={report} />
      <Remarks view={view} report={report} source={source} />
    </Card>
  )
}

const actionTones: Readonly<Record<DirectoryChange['action'], readonly [Tone, string]>> = {
  create: ['ok', 'plus'],
  adopt: ['accent', 'user-plus'],
  return: ['ok', 'user-plus'],
  update: ['accent', 'pencil'],
  enable: ['ok', 'check'],
  disable: ['warn', 'user-x'],
  remove: ['bad', 'trash-2'],
  'make admin': ['accent', 'shield-check'],
  'no longer admin': ['warn', 'shield-check'],
  'add members': ['ok', 'user-plus'],
  'remove members': ['warn', 'user-x'],
}

function ChangesTable({ view, changes }: { readonly view: View; readonly changes: readonly DirectoryChange[] }) {
  const t = view.t.directory
  return (
    <div class="table-wrap">
      <table class="table changes">
        <thead>
          <tr>
            <th scope="col">{t.columns.entry}</th>
            <th scope="col">{t.columns.action}</th>
            <th scope="col">{t.columns.changes}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => {
            const [tone, icon] = actionTones[change.action]
            return (
              <tr>
                <td>
                  <span class="person">
                    <Avatar name={change.name} />
                    <span>
                      <strong>{change.name}</strong>
                      <span class="muted">{change.dn ?? t.entity[change.entity]}</span>
                    </span>
                  </span>
                </td>
                <td>
                  <Badge tone={tone} icon={icon}>
                    {t.actions[change.action]}
                  </Badge>
                </td>
                <td>
                  <Differences view={view} change={change} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** Field by field: the old value struck through, then the new one. */
function Differences({ view, change: { before, after, members } }: { readonly view: View; readonly change: DirectoryChange }) {
  if (members !== undefined) return <>{view.t.directory.members(members)}</>
  const names = view.t.person as Readonly<Record<string, string>>
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  return (
    <dl class="differences">
      {fields.map((field) => (
        <div>
          <dt>{names[field] ?? view.t.group[field as 'name'] ?? field}</dt>
          <dd>
            {before && field in before && <del>{shown(view, before[field])}</del>}
            {before && after && <Icon name="arrow-right" />}
            {after && field in after && <ins>{shown(view, after[field])}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function shown({ t }: View, value: string | boolean | null | undefined): string {
  if (typeof value === 'boolean') return value ? t.app.yes : t.app.no
  return value || t.app.empty
}
