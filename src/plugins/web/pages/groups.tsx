// All groups: search, sorting, pages.
import type { ListQuery, Page } from '#core/http/listing.ts'
import type { CountedGroup } from '#core/identity/groups.ts'
import { Icon } from '../kit/icon.tsx'
import { SortHead } from '../kit/list.tsx'
import { ListPage } from '../kit/list-page.tsx'
import { Ago, Badge } from '../kit/pieces.tsx'
import { number } from '../kit/time.ts'
import type { View } from '../view.ts'

export const groupsPath = '/settings/admin/user-groups'

interface GroupsProps {
  readonly view: View
  readonly query: ListQuery
  readonly groups: Page<CountedGroup>
}

export const GroupsPage = ({ view, query, groups }: GroupsProps) => (
  <ListPage view={view} query={query} words={view.t.groups} newPath={`${groupsPath}/new`} icon="boxes" rows={groups}>
    <GroupsTable view={view} query={query} groups={groups.data} />
  </ListPage>
)

interface TableProps {
  readonly view: View
  readonly query: ListQuery
  readonly groups: readonly CountedGroup[]
}

function GroupsTable({ view, query, groups }: TableProps) {
  const { columns } = view.t.groups
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <SortHead view={view} query={query} name="friendlyName" label={columns.friendlyName} byDefault />
            <SortHead view={view} query={query} name="name" label={columns.name} class="wide-only" />
            <SortHead view={view} query={query} name="userCount" label={columns.userCount} class="end" />
            <SortHead view={view} query={query} name="createdAt" label={columns.createdAt} class="wide-only" />
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr>
              <td>
                <a class="person" href={`${groupsPath}/${group.id}`}>
                  <span class="row-icon">
                    <Icon name={group.source === null ? 'boxes' : 'folder-sync'} />
                  </span>
                  <strong>{group.friendlyName}</strong>
                  {group.source !== null && (
                    <span class="wide-only">
                      <Badge>{view.t.app.fromDirectory}</Badge>
                    </span>
                  )}
                </a>
              </td>
              <td class="wide-only mono clip">{group.name}</td>
              <td class="end numbers">{number(group.userCount, view.language)}</td>
              <td class="wide-only muted">
                <Ago view={view} at={group.createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
