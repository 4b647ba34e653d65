// What belongs to one API: its permissions as lines, the apps that may use it, and whether apps without a registration may.
import type { ApiClientGrant, ApiPermission, ClientApiGrant, NewPermission } from '#core/ports-apis.ts'
import type { ApiPageProps } from '../pages/api.tsx'
import { apisPath } from '../pages/paths.ts'
import type { View } from '../view.ts'
import { AppLogo } from './app-logo.tsx'
import { Switch } from './controls.tsx'
import { Icon } from './icon.tsx'
import { PickForm } from './inline-forms.tsx'
import { ListSearch, Pages } from './list.tsx'
import { Badge, Card, Empty, Notice } from './pieces.tsx'

type CardProps = ApiPageProps & { readonly base: string }

const emptyLines: readonly NewPermission[] = [
  { key: '', name: '', description: '' },
  { key: '', name: '', description: '' },
]

/** Lines of three fields; there is always an empty one more, so it works without script. */
export function PermissionsCard({ view, permissions, faults, base }: CardProps) {
  const { t, said } = view
  const fields = [
    ['key', t.api.key, 128],
    ['name', t.api.name, 50],
    ['description', t.api.description, 200],
  ] as const
  return (
    <Card title={t.api.permissions} lead={t.api.permissionsLead} id="permissions">
      <form method="post" action={`${base}/permissions`} class="claims" data-busy={t.app.working}>
        {faults.permissions && <Notice tone="bad">{said(faults.permissions)}</Notice>}
        {[...permissions, ...emptyLines].map((permission, index) => (
          <div class="claim permission">
            {fields.map(([name, label, most]) => (
              <input
                class={name === 'key' ? 'input mono' : 'input'}
                name={name}
                value={permission[name]}
                maxlength={most}
                placeholder={label}
                aria-label={`${t.api.line(index + 1)}: ${label}`}
              />
            ))}
          </div>
        ))}
        <div class="form-end">
          <span class="muted">{t.api.permissionsHint}</span>
          <button type="submit" class="button">
            <span>{t.api.permissionsSave}</span>
          </button>
        </div>
      </form>
    </Card>
  )
}

export function AppsOfApi({ view, query, grants, assignable, base }: CardProps) {
  const { t } = view
  return (
    <Card title={t.api.apps} lead={t.api.appsLead} id="apps" footer={<Pages view={view} pagination={grants.pagination} />}>
      <div class="list-tools inside">
        <ListSearch view={view} query={query} label={t.api.appsSearch} />
        {assignable.length > 0 && (
          <PickForm
            action={`${base}/clients`}
            name="client"
            label={t.api.choose}
            icon="plus"
            submit={t.api.addApp}
            options={assignable.map(({ id, name }) => [id, name] as const)}
          />
        )}
      </div>
      {grants.data.length === 0 ? (
        <Empty icon="app-window" title={query.search === '' ? t.api.appsNone : t.api.appsNoneFound} />
      ) : (
        <ul class="rows">
          {grants.data.map((grant) => (
            <GrantRow view={view} grant={grant} base={base} />
          ))}
        </ul>
      )}
    </Card>
  )
}

const GrantRow = ({ view, grant, base }: Pick<CardProps, 'view' | 'base'> & { readonly grant: ApiClientGrant }) => {
  const { client } = grant
  return (
    <li>
      <a class="person row-main" href={`${base}/clients/${encodeURIComponent(client.id)}`}>
        <span class="row-icon">
          <AppLogo client={client} />
        </span>
        <span>
          <strong>{client.name}</strong>
          <span class="muted">{scopesOf(view, grant)}</span>
        </span>
      </a>
      <GrantBadges view={view} grant={grant} />
    </li>
  )
}

type Granted = Omit<ApiClientGrant, 'client'>

/** How many different permissions it has there, in words. */
function scopesOf(view: View, grant: Granted): string {
  const ids = [...grant.userDelegatedPermissionIds, ...grant.clientPermissionIds, ...grant.cimdGrantedPermissionIds]
  return view.t.api.scopes(new Set(ids).size)
}

const GrantBadges = ({ view, grant }: { readonly view: View; readonly grant: Granted }) => {
  const t = view.t.api
  return (
    <>
      {grant.userDelegatedAccess && <Badge>{t.forPeople}</Badge>}
      {grant.clientAccess && <Badge>{t.forItself}</Badge>}
      {grant.cimdGrantedAccess && <Badge>{t.byDocument}</Badge>}
    </>
  )
}

export function DocumentsCard({ view, api, base }: CardProps) {
  const { t } = view
  const chosen = api.permissions.filter(({ allowedForCimdClients }) => allowedForCimdClients).map(({ id }) => id)
  return (
    <form method="post" action={`${base}/documents`} data-busy={t.app.working}>
      <Card
        title={t.api.documents}
        lead={t.api.documentsLead}
        id="documents"
        footer={
          <button type="submit" class="button">
            <span>{t.api.save}</span>
          </button>
        }
      >
        <Switch name="open" label={t.api.documentsOpen} hint={t.api.documentsOpenHelp} checked={api.allowCimdClients} />
        <PermissionChoice name="permission" permissions={api.permissions} chosen={chosen} />
      </Card>
    </form>
  )
}

interface ApisProps {
  readonly view: View
  readonly client: string
  readonly apis: readonly ClientApiGrant[]
}

/** From the other side: the APIs that one app may use. */
export function ApisOfClient({ view, client, apis }: ApisProps) {
  const { t } = view
  return (
    <Card
      title={t.clientApis.title}
      lead={t.clientApis.lead}
      id="apis"
      aside={
        <a class="button small" href={apisPath}>
          <span>{t.clientApis.all}</span>
        </a>
      }
    >
      {apis.length === 0 && <p class="muted">{t.clientApis.none}</p>}
      <ul class="rows">
        {apis.map(({ api, ...grant }) => (
          <li>
            <a class="person row-main" href={`${apisPath}/${api.id}/clients/${encodeURIComponent(client)}`}>
              <span class="row-icon">
                <Icon name="braces" />
              </span>
              <span>
                <strong>{api.name}</strong>
                <span class="muted">{scopesOf(view, grant)}</span>
              </span>
            </a>
            <GrantBadges view={view} grant={grant} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

interface ChoiceProps {
  readonly name: string
  readonly permissions: readonly ApiPermission[]
  readonly chosen: readonly string[]
}

/** A box for each permission. */
export const PermissionChoice = ({ name, permissions, chosen }: ChoiceProps) => (
  <ul class="choices">
    {permissions.map((permission) => (
      <li>
        <label class="check">
          <input type="checkbox" name={name} value={permission.id} checked={chosen.includes(permission.id)} />
          <span>
            {permission.name} <code class="muted">{permission.key}</code>
          </span>
        </label>
      </li>
    ))}
  </ul>
)
