// What somebody can open, and which apps know them.
import type { ListQuery, Page } from '#core/http/listing.ts'
import type { AccessibleApp, AuthorizedApp } from '#core/ports-apps.ts'
import { AppLogo } from '../kit/app-logo.tsx'
import { Action } from '../kit/controls.tsx'
import { ListSearch, Pages } from '../kit/list.tsx'
import { Ago, Card, Empty } from '../kit/pieces.tsx'
import { Shell } from '../kit/shell.tsx'
import type { View } from '../view.ts'
import { myAppsPath } from './paths.ts'

interface MyAppsProps {
  readonly view: View
  readonly query: ListQuery
  readonly apps: Page<AccessibleApp>
  readonly granted: Page<AuthorizedApp>
}

export function MyAppsPage({ view, query, apps, granted }: MyAppsProps) {
  const { apps: t } = view.t
  return (
    <Shell view={view} title={t.title} lead={t.lead}>
      {(apps.pagination.totalPages > 1 || query.search !== '') && <ListSearch view={view} query={query} label={t.search} />}
      {apps.data.length === 0 ? (
        <section class="card">
          <Empty icon="layout-grid" title={t.none}>
            <p>{t.noneLead}</p>
          </Empty>
        </section>
      ) : (
        <ul class="tiles">
          {apps.data.map((app) => (
            <Tile view={view} app={app} />
          ))}
        </ul>
      )}
      {apps.pagination.totalPages > 1 && <Pages view={view} pagination={apps.pagination} />}
      <Card title={t.granted} lead={t.grantedLead}>
        {granted.data.length === 0 && <p class="muted">{t.grantedNone}</p>}
        <ul class="rows">
          {granted.data.map((one) => (
            <GrantedRow view={view} granted={one} />
          ))}
        </ul>
      </Card>
    </Shell>
  )
}

const Tile = ({ view, app }: { readonly view: View; readonly app: AccessibleApp }) => {
  const matter = (
    <>
      <span class="row-icon large">
        <AppLogo client={app} />
      </span>
      <span>
        <strong>{app.name}</strong>
        <span class="muted">{app.description || (app.launchURL && hostOf(app.launchURL))}</span>
      </span>
    </>
  )
  return (
    <li>
      {app.launchURL ? (
        <a class="card tile" href={app.launchURL} rel="noreferrer" title={view.t.apps.open(app.name)}>
          {matter}
        </a>
      ) : (
        <div class="card tile">{matter}</div>
      )}
    </li>
  )
}

const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).host : '')

const GrantedRow = ({
  view,
  granted: { client, scope, lastUsedAt },
}: {
  readonly view: View
  readonly granted: AuthorizedApp
}) => {
  const { apps: t, interaction } = view.t
  const words = scope.split(' ').map((one) => interaction.scopes[one]?.[0] ?? one)
  return (
    <li>
      <span class="row-icon">
        <AppLogo client={client} />
      </span>
      <div class="row-main">
        <strong>{client.name}</strong>
        <p class="muted">
          {words.join(' · ')}
          {` · ${t.used} `}
          <Ago view={view} at={new Date(lastUsedAt)} />
        </p>
      </div>
      <Action to={`${myAppsPath}/revoke`} class="button small" busy={view.t.app.working} hidden={{ client: client.id }}>
        <span>{t.revoke}</span>
        <span class="said"> {client.name}</span>
      </Action>
    </li>
  )
}
