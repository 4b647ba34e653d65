// What happened: one's own activity, and everybody's for administrators.
import type { Child } from 'hono/jsx'
import type { AuditEntry } from '#core/account-ports.ts'
import type { ListQuery, Page } from '#core/http/listing.ts'
import { placeText } from '#core/places-port.ts'
import type { Options } from '../kit/controls.tsx'
import { deviceIn } from '../kit/device.ts'
import { Icon } from '../kit/icon.tsx'
import { Pages } from '../kit/list.tsx'
import { Ago, Empty } from '../kit/pieces.tsx'
import { Shell } from '../kit/shell.tsx'
import type { View } from '../view.ts'
import { usersPath } from './users.tsx'

interface AuditLogProps {
  readonly view: View
  readonly query: ListQuery
  readonly entries: Page<AuditEntry>
  /** For administrators: whom and what to look for. */
  readonly choices?: { readonly users: Options; readonly apps: Options } | undefined
}

export function AuditLogPage({ view, query, entries, choices }: AuditLogProps) {
  const { log: t } = view.t
  const title = choices ? t.title : t.mine
  return (
    <Shell view={view} title={title} lead={choices ? t.lead : t.mineLead}>
      <section class="card" aria-label={title}>
        <Filters view={view} query={query} choices={choices} />
        {entries.data.length === 0 ? (
          <Empty icon="scroll-text" title={t.none}>
            <p>{t.noneLead}</p>
          </Empty>
        ) : (
          <Entries view={view} entries={entries.data} everybody={choices !== undefined} />
        )}
        <footer class="card-foot">
          <Pages view={view} pagination={entries.pagination} />
        </footer>
      </section>
    </Shell>
  )
}

/** A form that sends nothing but the address: filters can be bookmarked. */
function Filters({ view, query, choices }: Pick<AuditLogProps, 'view' | 'query' | 'choices'>) {
  const { log: t } = view.t
  const chosen = (name: string) => query.filters[name]?.[0] ?? ''
  const filter = (name: string, label: string, options: Options) => (
    <div class="select">
      <select class="input" name={`filters[${name}]`} aria-label={label}>
        <option value="">{`${label}: ${t.all}`}</option>
        {options.map(([value, word]) => (
          <option value={value} selected={value === chosen(name)}>
            {word}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" />
    </div>
  )
  return (
    <form class="list-tools inline-form" action={view.path}>
      {choices && filter('userId', t.filterUser, choices.users)}
      {filter('event', t.filterEvent, Object.entries(t.events))}
      {choices && choices.apps.length > 0 && filter('clientName', t.filterApp, choices.apps)}
      <button type="submit" class="button">
        <span>{t.filter}</span>
      </button>
    </form>
  )
}

interface EntriesProps {
  readonly view: View
  readonly entries: readonly AuditEntry[]
  readonly everybody: boolean
}

const Entries = ({ view, entries, everybody }: EntriesProps) => {
  const { log: t } = view.t
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t.columns.createdAt}</th>
            <th scope="col">{t.columns.event}</th>
            {everybody && <th scope="col">{t.columns.user}</th>}
            <th scope="col" class="wide-only">
              {t.columns.from}
            </th>
            <th scope="col" class="wide-only">
              {t.columns.data}
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr>
              <td class="muted">
                <Ago view={view} at={entry.createdAt} />
              </td>
              <td>{t.events[entry.event] ?? entry.event}</td>
              {everybody && <td>{whoOf(view, entry)}</td>}
              <td class="wide-only muted">{fromOf(view, entry)}</td>
              <td class="wide-only muted clip">{detailsOf(entry)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const whoOf = (view: View, { userId, username, actorUsername }: AuditEntry): Child => (
  <>
    <a href={`${usersPath}/${userId}`}>{username}</a>
    {actorUsername && actorUsername !== username && <span class="muted"> {view.t.log.by(actorUsername)}</span>}
  </>
)

const fromOf = (view: View, entry: AuditEntry): string =>
  [deviceIn(view, entry.device), entry.ipAddress, placeText(entry)].filter(Boolean).join(' · ')

const detailsOf = ({ data }: AuditEntry): string =>
  Object.entries(data)
    .map(([name, value]) => (name === 'clientName' ? value : `${name}: ${value}`))
    .join(' · ')
