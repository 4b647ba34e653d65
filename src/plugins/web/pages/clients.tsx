// All apps that sign people in here: search, sorting, pages; and the form for another one.
import type { ListQuery, Page } from '#core/http/listing.ts'
import type { AppListed } from '#core/ports-apps.ts'
import type { ClientValues } from '../client-form.ts'
import type { Faults } from '../forms.ts'
import { AppLogo } from '../kit/app-logo.tsx'
import { ClientFields } from '../kit/client-fields.tsx'
import { SortHead } from '../kit/list.tsx'
import { ListPage } from '../kit/list-page.tsx'
import { Ago, Badge, Card } from '../kit/pieces.tsx'
import { Shell } from '../kit/shell.tsx'
import type { View } from '../view.ts'
import { clientsPath } from './paths.ts'

interface ClientsProps {
  readonly view: View
  readonly query: ListQuery
  readonly apps: Page<AppListed>
}

export const ClientsPage = ({ view, query, apps }: ClientsProps) => (
  <ListPage view={view} query={query} words={view.t.clients} newPath={`${clientsPath}/new`} icon="app-window" rows={apps}>
    <ClientsTable view={view} query={query} apps={apps.data} />
  </ListPage>
)

interface TableProps {
  readonly view: View
  readonly query: ListQuery
  readonly apps: readonly AppListed[]
}

function ClientsTable({ view, query, apps }: TableProps) {
  const t = view.t.clients
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <SortHead view={view} query={query} name="name" label={t.columns.name} byDefault />
            <SortHead view={view} query={query} name="isPublic" label={t.columns.kind} class="wide-only" />
            <th scope="col">{t.columns.access}</th>
            <SortHead view={view} query={query} name="createdAt" label={t.columns.createdAt} class="wide-only" />
          </tr>
        </thead>
        <tbody>
          {apps.map((app) => (
            <tr>
              <td>
                <a class="person" href={`${clientsPath}/${encodeURIComponent(app.id)}`}>
                  <span class="row-icon">
                    <AppLogo client={app} />
                  </span>
                  <span>
                    <strong>{app.name}</strong>
                    <span class="muted">{app.description || t.origins[app.origin] || app.id}</span>
                  </span>
                </a>
              </td>
              <td class="wide-only">
                <Badge>{app.isPublic ? t.public : t.confidential}</Badge>
              </td>
              <td class="muted">{app.isGroupRestricted ? t.groups(app.allowedUserGroupsCount) : t.everybody}</td>
              <td class="wide-only muted">
                <Ago view={view} at={new Date(app.createdAt)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface NewClientProps {
  readonly view: View
  readonly values: ClientValues
  readonly faults: Faults
}

export function NewClientPage({ view, values, faults }: NewClientProps) {
  const { t, said } = view
  return (
    <Shell
      view={view}
      title={t.client.newTitle}
      lead={t.client.newLead}
      above={{ title: t.clients.title, href: clientsPath }}
      fault={faults[''] && said(faults[''])}
    >
      <form method="post" action={`${clientsPath}/new`} data-busy={t.app.working}>
        <Card
          title={t.client.general}
          lead={t.client.generalLead}
          footer={
            <button type="submit" class="button primary">
              <span>{t.client.create}</span>
            </button>
          }
        >
          <ClientFields view={view} values={values} faults={faults} />
        </Card>
      </form>
    </Shell>
  )
}
