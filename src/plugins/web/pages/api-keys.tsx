// One's own API keys.
import type { ApiKey } from '#core/account-ports.ts'
import type { Page } from '#core/http/listing.ts'
import type { Faults } from '../forms.ts'
import { Action, Choice, Field } from '../kit/controls.tsx'
import { Icon } from '../kit/icon.tsx'
import { Pages } from '../kit/list.tsx'
import { Ago, Badge, Card, Copyable, Day, Empty } from '../kit/pieces.tsx'
import { Shell } from '../kit/shell.tsx'
import type { View } from '../view.ts'
import { apiKeysPath } from './paths.ts'

interface ApiKeysProps {
  readonly view: View
  readonly keys: Page<ApiKey>
  /** A key that was just made. */
  readonly token?: string | undefined
  readonly typed: Readonly<Record<string, string>>
  readonly faults: Faults
}

export function ApiKeysPage({ view, keys, token, typed, faults }: ApiKeysProps) {
  const { t, said } = view
  const fault = (name: string) => faults[name] && said(faults[name])
  const lifetimes = Object.entries(t.keys.lifetimes)
  return (
    <Shell view={view} title={t.keys.title} lead={t.keys.lead} fault={fault('')}>
      {token && (
        <Card title={t.keys.title} lead={t.keys.ready}>
          <Copyable view={view} text={token} label={t.keys.title} />
        </Card>
      )}
      <form method="post" action={apiKeysPath} data-busy={t.app.working}>
        <Card
          title={t.keys.make}
          lead={t.keys.makeLead}
          footer={
            <button type="submit" class="button primary">
              <span>{t.keys.make}</span>
            </button>
          }
        >
          <div class="fields">
            <Field
              name="name"
              label={t.keys.name}
              value={typed.name}
              fault={fault('name')}
              required
              requiredWord={t.app.required}
            />
            <Choice
              name="days"
              label={t.keys.lifetime}
              value={typed.days ?? '90'}
              fault={fault('expiresAt')}
              options={lifetimes}
            />
            <Field name="description" label={t.keys.description} value={typed.description} fault={fault('description')} wide />
          </div>
        </Card>
      </form>
      <section class="card" aria-label={t.keys.title}>
        {keys.data.length === 0 ? (
          <Empty icon="key-square" title={t.keys.none}>
            <p>{t.keys.noneLead}</p>
          </Empty>
        ) : (
          <div class="card-body">
            <ul class="rows">
              {keys.data.map((key) => (
                <KeyRow view={view} apiKey={key} />
              ))}
            </ul>
          </div>
        )}
        <footer class="card-foot">
          <Pages view={view} pagination={keys.pagination} />
        </footer>
      </section>
    </Shell>
  )
}

function KeyRow({ view, apiKey }: { readonly view: View; readonly apiKey: ApiKey }) {
  const { t } = view
  const over = apiKey.expiresAt <= view.now
  const base = `${apiKeysPath}/${apiKey.id}`
  return (
    <li>
      <span class="row-icon">
        <Icon name="key-square" />
      </span>
      <div class="row-main">
        <strong>{apiKey.name}</strong>
        <p class="muted">
          {apiKey.description && `${apiKey.description} · `}
          {`${t.keys.ends} `}
          <Day view={view} at={apiKey.expiresAt} />
          {` · ${t.keys.used} `}
          {apiKey.lastUsedAt ? <Ago view={view} at={apiKey.lastUsedAt} /> : t.app.never}
        </p>
      </div>
      {over && <Badge tone="warn">{t.keys.over}</Badge>}
      {over && (
        <Action to={`${base}/renew`} class="button small">
          <span>{t.keys.renew}</span>
        </Action>
      )}
      <Action to={`${base}/delete`} class="icon-button danger">
        <Icon name="trash-2" />
        <span class="said">{t.keys.remove(apiKey.name)}</span>
      </Action>
    </li>
  )
}
