// What one app may do at one API: for the people who sign in to it, and for itself.
import type { Api, ApiClient, ApiGrant } from '#core/ports-apis.ts'
import { PermissionChoice } from '../kit/api-cards.tsx'
import { Action, Switch } from '../kit/controls.tsx'
import { Icon } from '../kit/icon.tsx'
import { Card, Notice } from '../kit/pieces.tsx'
import { Shell } from '../kit/shell.tsx'
import type { View } from '../view.ts'
import { apisPath, clientsPath } from './paths.ts'

interface GrantPageProps {
  readonly view: View
  readonly api: Api
  readonly client: ApiClient
  readonly grant: ApiGrant
}

export function ApiGrantPage({ view, api, client, grant }: GrantPageProps) {
  const { t } = view
  const above = `${apisPath}/${api.id}`
  const base = `${above}/clients/${encodeURIComponent(client.id)}`
  const choice = { permissions: api.permissions }
  return (
    <Shell
      view={view}
      title={client.name}
      lead={t.apiGrant.lead(api.name)}
      above={{ title: api.name, href: above }}
      actions={
        <>
          <a class="button" href={`${clientsPath}/${encodeURIComponent(client.id)}`}>
            <Icon name="app-window" />
            <span>{t.apiGrant.openApp}</span>
          </a>
          <Action to={`${base}/delete`} class="button danger">
            <Icon name="trash-2" />
            <span>{t.apiGrant.take}</span>
          </Action>
        </>
      }
    >
      {api.permissions.length === 0 && <Notice tone="plain">{t.apiGrant.none}</Notice>}
      <form method="post" action={base} data-busy={t.app.working} class="stack">
        <Card title={t.apiGrant.people}>
          <Switch
            name="forPeople"
            label={t.apiGrant.peopleOpen}
            hint={t.apiGrant.peopleHelp}
            checked={grant.userDelegatedAccess}
          />
          <PermissionChoice name="people" chosen={grant.userDelegatedPermissionIds} {...choice} />
        </Card>
        <Card
          title={t.apiGrant.itself}
          lead={client.isPublic && t.apiGrant.itselfPublic}
          footer={
            <button type="submit" class="button primary">
              <span>{t.apiGrant.save}</span>
            </button>
          }
        >
          {!client.isPublic && (
            <>
              <Switch name="forItself" label={t.apiGrant.itselfOpen} hint={t.apiGrant.itselfHelp} checked={grant.clientAccess} />
              <PermissionChoice name="itself" chosen={grant.clientPermissionIds} {...choice} />
            </>
          )}
        </Card>
      </form>
    </Shell>
  )
}
