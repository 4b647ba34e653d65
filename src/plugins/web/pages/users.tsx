// Everybody: search, filters, sorting, pages.
import type { ListQuery, Page } from '#core/http/listing.ts'
import { isDisabled, type UserRow } from '#core/identity/actor.ts'
import { Icon } from '../kit/icon.tsx'
import { ListSearch, listHref, Pages, SortHead } from '../kit/list.tsx'
import { Ago, Avatar, Badge, Empty, State } from '../kit/pieces.tsx'
import { Shell } from '../kit/shell.tsx'
import type { View } from '../view.ts'
import { invitationsPath } from './paths.ts'

export const usersPath = '/settings/admin/users'

interface UsersProps {
  readonly view: View
  readonly query: ListQuery
  readonly users: Page<UserRow>
  readonly pictures: ReadonlyMap<string, string>
  readonly total: number
  /** Whether there are any. */
  readonly invitations: boolean
}

export function UsersPage({ view, query, users, pictures, total, invitations }: UsersProps) {
  const { t } = view
  return (
    <Shell
      view={view}
      title={t.users.title}
      lead={t.users.lead(total)}
      actions={
        <>
          {invitations && (
            <a class="button" href={invitationsPath}>
              <Icon name="ticket" />
              <span>{t.invitations.open}</span>
            </a>
          )}
          <a class="button primary" href={`${usersPath}/new`}>
            <Icon name="user-plus" />
            <span>{t.users.add}</span>
          </a>
        </>
      }
    >
      <section class="card" aria-label={t.users.title}>
        <div class="list-tools">
          <ListSearch view={view} query={query} label={t.users.search} />
          <Filters view={view} query={query} />
        </div>
        {users.data.length === 0 ? (
          <Empty icon="users-round" title={t.users.none}>
            <p>{t.users.noneLead}</p>
            <a class="button" href={usersPath}>
              {t.users.noneAll}
            </a>
          </Empty>
        ) : (
          <UsersTable view={view} query={query} users={users.data} pictures={pictures} />
        )}
        <footer class="card-foot">
          <Pages view={view} pagination={users.pagination} />
        </footer>
      </section>
    </Shell>
  )
}

function Filters({ view, query }: Pick<UsersProps, 'view' | 'query'>) {
  const { filters } = view.t.users
  const on = (name: string) => query.filters[name]?.[0] === 'true'
  const none = { 'filters[isAdmin]': undefined, 'filters[disabled]': undefined, 'pagination[page]': undefined }
  const chips = [
    { label: filters.all, active: !on('isAdmin') && !on('disabled'), to: none },
    { label: filters.admins, active: on('isAdmin'), to: { ...none, 'filters[isAdmin]': 'true' } },
    { label: filters.disabled, active: on('disabled'), to: { ...none, 'filters[disabled]': 'true' } },
  ]
  return (
    <div class="chips">
      {chips.map(({ label, active, to }) => (
        <a class="chip" href={listHref(view, to)} aria-current={active ? 'true' : undefined}>
          {label}
        </a>
      ))}
    </div>
  )
}

function UsersTable({
  view,
  query,
  users,
  pictures,
}: {
  readonly view: View
  readonly query: ListQuery
  readonly users: readonly UserRow[]
  readonly pictures: ReadonlyMap<string, string>
}) {
  const { columns } = view.t.users
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <SortHead view={view} query={query} name="displayName" label={columns.displayName} byDefault />
            <SortHead view={view} query={query} name="email" label={columns.email} class="wide-only" />
            <SortHead view={view} query={query} name="isAdmin" label={columns.role} class="wide-only" />
            <SortHead view={view} query={query} name="disabled" label={columns.status} />
            <SortHead view={view} query={query} name="createdAt" label={columns.createdAt} class="wide-only" />
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr>
              <td>
                <PersonCell user={user} href={`${usersPath}/${user.id}`} picture={pictures.get(user.id)} />
              </td>
              <td class="wide-only clip">{user.email ?? <span class="muted">{view.t.app.none}</span>}</td>
              <td class="wide-only">
                {user.isAdmin ? (
                  <Badge tone="accent">{view.t.users.admin}</Badge>
                ) : (
                  <span class="muted">{view.t.users.user}</span>
                )}
              </td>
              <td>
                <State tone={isDisabled(user) ? 'warn' : 'ok'}>
                  {isDisabled(user) ? view.t.users.disabled : view.t.users.enabled}
                </State>
                {user.source !== null && (
                  <span class="source wide-only" title={view.t.app.fromDirectory}>
                    <Icon name="folder-sync" />
                    <span class="said">{view.t.app.fromDirectory}</span>
                  </span>
                )}
              </td>
              <td class="wide-only muted">
                <Ago view={view} at={user.createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface PersonCellProps {
  readonly user: UserRow
  readonly href: string
  readonly picture?: string | undefined
}

/** Picture, name and user name, as a link that fills the row's first cell. */
export const PersonCell = ({ user, href, picture }: PersonCellProps) => (
  <a class="person" href={href}>
    <Avatar name={user.displayName || user.username} picture={picture} />
    <span>
      <strong>{user.displayName || user.username}</strong>
      <span class="muted">{user.username}</span>
    </span>
  </a>
)
