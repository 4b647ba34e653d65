// One API: its name, its permissions, the apps that may use it, and apps without a registration.
import type { ListQuery, Page } from '#core/http/listing.ts'
import type { Api, ApiClient, ApiClientGrant, NewPermission } from '#core/ports-apis.ts'
import type { Faults } from '../forms.ts'
import { AppsOfApi, DocumentsCard, PermissionsCard } from '../kit/api-cards.tsx'
import { Field } from '../kit/controls.tsx'
import { Card, Copyable } from '../kit/pieces.tsx'
import { RemoveCard } from '../kit/remove-card.tsx'
import { Shell } from '../kit/shell.tsx'
import type { View } from '../view.ts'
import { apisPath } from './paths.ts'

export interface ApiPageProps {
  readonly view: View
  readonly api: Api
  readonly name: string
  /** As they are, or as somebody typed them. */
  readonly permissions: readonly NewPermission[]
  readonly query: ListQuery
  readonly grants: Page<ApiClientGrant>
  /** Apps that nobody let use it yet. */
  readonly assignable: readonly ApiClient[]
  readonly faults: Faults
}

export function ApiPage(props: ApiPageProps) {
  const { view, api, name, faults } = props
  const { t, said } = view
  const base = `${apisPath}/${api.id}`
  return (
    <Shell
      view={view}
      title={api.name}
      lead={api.resource}
      above={{ title: t.apis.title, href: apisPath }}
      fault={faults[''] && said(faults[''])}
    >
      <form method="post" action={base} data-busy={t.app.working}>
        <Card
          title={t.api.general}
          lead={t.api.generalLead}
          footer={
            <button type="submit" class="button primary">
              <span>{t.api.save}</span>
            </button>
          }
        >
          <dl class="pairs">
            <div>
              <dt>{t.api.resource}</dt>
              <dd>
                <Copyable view={view} text={api.resource} label={t.api.resource} />
              </dd>
            </div>
          </dl>
          <div class="fields">
            <Field
              name="name"
              label={t.api.name}
              value={name}
              fault={faults.name && said(faults.name)}
              maxlength={50}
              required
              requiredWord={t.app.required}
            />
          </div>
        </Card>
      </form>
      <PermissionsCard {...props} base={base} />
      <AppsOfApi {...props} base={base} />
      <DocumentsCard {...props} base={base} />
      <RemoveCard
        view={view}
        action={`${base}/delete`}
        title={t.api.remove}
        lead={t.api.removeLead}
        confirm={t.api.removeConfirm}
        possible
      />
    </Shell>
  )
}
