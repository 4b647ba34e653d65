// All APIs that take tokens from here: search, sorting, pages; and the form for another one.
import type { ListQuery, Page } from '#core/http/listing.ts'
import type { ApiListed } from '#core/ports-apis.ts'
import type { Faults } from '../forms.ts'
import { Field } from '../kit/controls.tsx'
import { Icon } from '../kit/icon.tsx'
import { ListSearch, Pages, SortHead } from '../kit/list.tsx'
import { Ago, Card, Empty } from '../kit/pieces.tsx'
import { Shell } from '../kit/shell.tsx'
import type { View } from '../view.ts'
import { apisPath } from './paths.ts'

interface ApisProps {
  readonly view: View
  readonly query: ListQuery
  readonly apis: Page<ApiListed>
}

export function ApisPage({ view, query, apis }: ApisProps) {
  const t = view.t.apis
  return (
    <Shell
      view={view}
      title={t.title}
      lead={t.lead(apis.pagination.totalItems)}
      actions={
        <a class="button primary" href={`${apisPath}/new`}>
          <Icon name="plus" />
          <span>{t.add}</span>
        </a>
      }
    >
      <section class="card" aria-label={t.title}>
        <div class="list-tools">
          <ListSearch view={view} query={query} label={t.search} />
        </div>
        {apis.data.length === 0 ? (
          <Empty icon="braces" title={t.none}>
            <p>{t.noneLead}</p>
          </Empty>
        ) : (
          <ApisTable view={view} query={query} apis={apis.data} />
        )}
        <footer class="card-foot">
          <Pages view={view} pagination={apis.pagination} />
        </footer>
      </section>
    </Shell>
  )
}

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
