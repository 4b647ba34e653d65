// Four facts about the directory, and its last runs as bars.
import type { Child } from 'hono/jsx'
import type { DirectoryReport } from '#core/directory-ports.ts'
import type { DirectoryFacts } from '../directory-facts.ts'
import type { View } from '../view.ts'
import { Ago } from './pieces.tsx'
import { number, span } from './time.ts'

const mostBars = 48

export function FactsRow({ view, facts }: { readonly view: View; readonly facts: DirectoryFacts }) {
  const t = view.t.directory
  const last = facts.runs[0]
  const bars = facts.runs.flatMap((run) => Array.from({ length: Math.min(run.repeats, mostBars) }, () => run)).slice(0, mostBars)
  const bad = bars.filter(({ outcome }) => outcome !== 'applied').length
  const share = facts.disabled > 0 ? ` · ${t.disabled(facts.disabled)}` : ''
  return (
    <dl class="facts card">
      <Fact title={t.facts.users} value={number(facts.users, view.language)}>
        {t.admins(facts.admins)}
        {share}
      </Fact>
      <Fact title={t.facts.groups} value={number(facts.groups, view.language)}>
        {t.ofAll(facts.allGroups)}
      </Fact>
      <Fact title={t.facts.last} value={last ? <Ago view={view} at={last.at} /> : t.noRun}>
        {last ? `${t.took(span(last.durationMilliseconds, view.language))} · ${t.nextHour}` : t.nextHour}
        <Freshness view={view} facts={facts} />
      </Fact>
      <div class="fact">
        <dt>{t.facts.runs(Math.max(1, bars.length))}</dt>
        <dd class="fact-bars">
          <Bars runs={bars} label={t.chart(bars.length, bad)} />
        </dd>
        <dd class="muted">{t.failedRuns(bad)}</dd>
      </div>
    </dl>
  )
}

/** Between the hourly runs changes may come by themselves: at once, or every minute. */
function Freshness({ view, facts: { freshness } }: { readonly view: View; readonly facts: DirectoryFacts }) {
  const t = view.t.directory
  const { listeningSince, changesAt, wholeAt } = freshness ?? {}
  if (!listeningSince && !changesAt) return null
  return (
    <span class="clocks">
      {wholeAt && (
        <span>
          {t.wholeAt} <Ago view={view} at={wholeAt} />
        </span>
      )}
      {listeningSince ? (
        <span class="live">{t.listening}</span>
      ) : (
        changesAt && (
          <span>
            {t.changesAt} <Ago view={view} at={changesAt} />
          </span>
        )
      )}
    </span>
  )
}

const Fact = ({ title, value, children }: { readonly title: string; readonly value: Child; readonly children?: Child }) => (
  <div class="fact">
    <dt>{title}</dt>
    <dd class="fact-value">{value}</dd>
    <dd class="muted">{children}</dd>
  </div>
)

/** Higher for more changes; the colour says how it ended, and so does the title. Oldest on the left. */
function Bars({ runs, label }: { readonly runs: readonly DirectoryReport[]; readonly label: string }) {
  const changes = ({ counts: { skipped: _left, ...changed } }: DirectoryReport) =>
    Object.values(changed).reduce((sum, one) => sum + one, 0)
  const most = Math.max(1, ...runs.map(changes))
  const height = (run: DirectoryReport) => Math.round(8 + (24 * Math.log1p(changes(run))) / Math.log1p(most))
  const ordered = [...runs].reverse()
  return (
    <svg class="bars" viewBox={`0 0 ${mostBars * 5} 34`} preserveAspectRatio="none" role="img" aria-label={label}>
      {ordered.map((run, index) => {
        const tall = run.outcome === 'applied' ? height(run) : 32
        const x = (mostBars - ordered.length + index) * 5
        return <rect class={`bar-${run.outcome}`} x={x} y={34 - tall} width={3.4} height={tall} rx={1} />
      })}
    </svg>
  )
}
