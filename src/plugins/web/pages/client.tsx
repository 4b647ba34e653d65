// One app: what it needs to know, its fields, secrets, groups, logo, what it would learn of somebody, removal.
import type { GroupRow } from '#core/identity/actor.ts'
import type { ClientApiGrant } from '#core/ports-apis.ts'
import type { AppDetails, AppPreview } from '#core/ports-apps.ts'
import type { ScimProvider } from '#core/scim-port.ts'
import type { ClientValues } from '../client-form.ts'
import type { Faults } from '../forms.ts'
import { ApisOfClient } from '../kit/api-cards.tsx'
import { GroupsOfClient, LogosCard, PreviewOfClient, SecretsCard } from '../kit/client-cards.tsx'
import { ClientFields } from '../kit/client-fields.tsx'
import { Action } from '../kit/controls.tsx'
import { Icon } from '../kit/icon.tsx'
import { Badge, Card, Copyable } from '../kit/pieces.tsx'
import { RemoveCard } from '../kit/remove-card.tsx'
import { ScimCard, type ScimValues } from '../kit/scim-card.tsx'
import { Shell } from '../kit/shell.tsx'
import type { View } from '../view.ts'
import { clientsPath } from './paths.ts'

export interface ClientPageProps {
  readonly view: View
  readonly app: AppDetails
  readonly values: ClientValues
  readonly faults: Faults
  /** A secret that was just made. */
  readonly secret?: string | undefined
  /** Groups that may be added. */
  readonly joinable: readonly GroupRow[]
  /** Whether apps can be told of people at all, and how this one is. */
  readonly scim?: { readonly provider: ScimProvider | undefined; readonly values: ScimValues } | undefined
  /** What it may use at APIs. */
  readonly apis: readonly ClientApiGrant[]
  readonly preview?: AppPreview | undefined
  /** Whom the preview is of, as typed. */
  readonly login?: string | undefined
}

export function ClientPage(props: ClientPageProps) {
  const { view, app, values, faults } = props
  const { t, said } = view
  const base = `${clientsPath}/${encodeURIComponent(app.id)}`
  return (
    <Shell
      view={view}
      title={app.name}
      lead={app.description}
      above={{ title: t.clients.title, href: clientsPath }}
      state={<Badge>{app.isPublic ? t.clients.public : t.clients.confidential}</Badge>}
      actions={
        app.origin === 'metadata-document' && (
          <Action to={`${base}/refresh`} busy={t.app.working}>
            <Icon name="refresh-cw" />
            <span>{t.client.refresh}</span>
          </Action>
        )
      }
      fault={faults[''] && said(faults[''])}
    >
      <EndpointsCard view={view} app={app} />
      {!app.isPublic && <SecretsCard {...props} base={base} />}
      <form method="post" action={base} data-busy={t.app.working}>
        <Card
          title={t.client.general}
          lead={t.client.generalLead}
          aside={t.clients.origins[app.origin] && <Badge>{t.clients.origins[app.origin]}</Badge>}
          footer={
            <button type="submit" class="button primary">
              <span>{t.client.save}</span>
            </button>
          }
        >
          <ClientFields view={view} values={values} faults={faults} usesPkce={app.pkceSupported} />
        </Card>
      </form>
      <div class="columns">
        {app.isGroupRestricted && <GroupsOfClient {...props} base={base} />}
        <LogosCard {...props} base={base} />
      </div>
      <ApisOfClient view={view} client={app.id} apis={props.apis} />
      {props.scim && <ScimCard view={view} base={base} faults={faults} {...props.scim} />}
      <PreviewOfClient {...props} base={base} />
      <RemoveCard
        view={view}
        action={`${base}/delete`}
        title={t.client.remove}
        lead={t.client.removeLead}
        confirm={t.client.removeConfirm}
        possible
      />
    </Shell>
  )
}

/** The addresses of this server (OpenID Connect Discovery), where the app's own set-up asks for them. */
function EndpointsCard({ view, app }: Pick<ClientPageProps, 'view' | 'app'>) {
  const t = view.t.client
  const at = view.appUrl
  const all = {
    issuer: at,
    authorize: `${at}/authorize`,
    token: `${at}/api/oidc/token`,
    userinfo: `${at}/api/oidc/userinfo`,
    logout: `${at}/api/oidc/end-session`,
    keys: `${at}/.well-known/jwks.json`,
  }
  return (
    <Card title={t.endpoints} lead={t.endpointsLead}>
      <dl class="pairs">
        <Pair view={view} label={t.id} text={app.id} />
        <Pair view={view} label={t.discovery} text={`${at}/.well-known/openid-configuration`} />
      </dl>
      <details class="expert">
        <summary class="button small">
          <Icon name="chevron-down" />
          <span>{t.more}</span>
        </summary>
        <dl class="pairs">
          {Object.entries(all).map(([name, text]) => (
            <Pair view={view} label={t.endpoint[name as keyof typeof all]} text={text} />
          ))}
        </dl>
      </details>
    </Card>
  )
}

const Pair = ({ view, label, text }: { readonly view: View; readonly label: string; readonly text: string }) => (
  <div>
    <dt>{label}</dt>
    <dd>
      <Copyable view={view} text={text} label={label} />
    </dd>
  </div>
)
