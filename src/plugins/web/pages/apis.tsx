// All APIs that take tokens from here: search, sorting, pages; and the form for another one.
import type { ListQuery, Page } from '#core/http/listing.ts'
import type { ApiListed } from '#core/ports-apis.ts'
import type { Faults } from '../forms.ts'
import { Field } from '../kit/controls.tsx'
import { Icon } from '../kit/icon.tsx'
import { SortHead } from '../kit/list.tsx'
import { ListPage } from '../kit/list-page.tsx'
import { Ago, Card } from '../kit/pieces.tsx'
import { Shell } from '../kit/shell.tsx'
import type { View } from '../view.ts'
import { apisPath } from './paths.ts'

interface ApisProps {
  readonly view: View
  readonly query: ListQuery
  readonly apis: Page<ApiListed>
}

export const ApisPage = ({ view, query, apis }: ApisProps) => (
  <ListPage view={view} query={query} words={view.t.apis} newPath={`${apisPath}/new`} icon="braces" rows={apis}>
    <ApisTable view={view} query={query} apis={apis.data} />
  </ListPage>
)

const ApisTable = ({ view, query, apis }: Omit<ApisProps, 'apis'> & { readonly apis: readonly ApiListed[] }) => {
  const { columns } = view.t.apis
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <SortHead view={view} query={query} name="name" label={columns.name} byDefault />
            <SortHead view={view} query={query} name="permissionCount" label={columns.permissions} />
            <SortHead view={view} query={query} name="createdAt" label={columns.createdAt} class="wide-only" />
          </tr>
        </thead>
        <tbody>
          {apis.map((api) => (
            <tr>
              <td>
                <a class="person" href={`${apisPath}/${api.id}`}>
                  <span class="row-icon">
                    <Icon name="braces" />
                  </span>
                  <span>
                    <strong>{api.name}</strong>
                    <span class="muted">{api.resource}</span>
                  </span>
                </a>
              </td>
              <td class="numbers">{api.permissionCount.toLocaleString(view.language)}</td>
              <td class="wide-only muted">
                <Ago view={view} at={new Date(api.createdAt)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What a form for an API shows. */
export interface ApiValues {
  readonly name: string
  readonly resource: string
}

interface NewApiProps {
  readonly view: View
  readonly values: ApiValues
  readonly faults: Faults
}

export function NewApiPage({ view, values, faults }: NewApiProps) {
  const { t, said } = view
  const fault = (name: keyof ApiValues) => faults[name] && said(faults[name])
  const required = { required: true, requiredWord: t.app.required }
  return (
    <Shell
      view={view}
      title={t.api.newTitle}
      lead={t.api.newLead}
      above={{ title: t.apis.title, href: apisPath }}
      fault={faults[''] && said(faults[''])}
    >
      <form method="post" action={`${apisPath}/new`} data-busy={t.app.working}>
        <Card
          title={t.api.general}
          lead={t.api.generalLead}
          footer={
            <button type="submit" class="button primary">
              <span>{t.api.create}</span>
            </button>
          }
        >
          <div class="fields">
            <Field name="name" label={t.api.name} value={values.name} fault={fault('name')} maxlength={50} {...required} />
            <Field
              name="resource"
              label={t.api.resource}
              value={values.resource}
              fault={fault('resource')}
              hint={t.api.resourceHelp}
              placeholder="https://api.example.org"
              maxlength={350}
              mono
              {...required}
            />
          </div>
        </Card>
      </form>
    </Shell>
  )
}
