// Telling an app of people and groups: its SCIM server's address and token, and how the last attempt went.
import type { ScimProvider } from '#core/scim-port.ts'
import type { Faults } from '../forms.ts'
import type { View } from '../view.ts'
import { Action, Field } from './controls.tsx'
import { Icon } from './icon.tsx'
import { Ago, Card, Notice } from './pieces.tsx'

/** What its form shows: the server that is there, or what somebody typed. */
export interface ScimValues {
  readonly endpoint: string
  readonly token: string
}

interface ScimProps {
  readonly view: View
  readonly base: string
  readonly provider: ScimProvider | undefined
  readonly values: ScimValues
  readonly faults: Faults
}

export function ScimCard({ view, base, provider, values, faults }: ScimProps) {
  const { t, said } = view
  const fault = (name: string) => faults[name] && said(faults[name])
  return (
    <Card title={t.scim.title} lead={t.scim.lead} id="scim">
      {faults.scim && <Notice tone="bad">{said(faults.scim)}</Notice>}
      {provider?.lastFault && !faults.scim && <Notice tone="warn">{said(provider.lastFault)}</Notice>}
      <form method="post" action={`${base}/scim`} class="claims" data-busy={t.app.working}>
        <div class="fields">
          <Field
            name="scimEndpoint"
            label={t.scim.endpoint}
            value={values.endpoint}
            hint={t.scim.endpointHelp}
            fault={fault('endpoint')}
            placeholder="https://app.example.org/scim/v2"
            mono
          />
          <Field
            name="scimToken"
            label={t.scim.token}
            value={values.token}
            hint={t.scim.tokenHelp}
            fault={fault('token')}
            type="password"
            autocomplete="off"
            mono
          />
        </div>
        <div class="form-end">
          <span class="muted">
            {provider && `${t.scim.last} `}
            {provider && (provider.lastSyncedAt ? <Ago view={view} at={new Date(provider.lastSyncedAt)} /> : t.app.never)}
          </span>
          <button type="submit" class="button">
            <span>{t.scim.save}</span>
          </button>
        </div>
      </form>
      {provider && (
        <div class="inline-form">
          <Action to={`${base}/scim/sync`} busy={t.app.working}>
            <Icon name="refresh-cw" />
            <span>{t.scim.sync}</span>
          </Action>
          <Action to={`${base}/scim/delete`} class="button danger">
            <Icon name="trash-2" />
            <span>{t.scim.remove}</span>
          </Action>
        </div>
      )}
    </Card>
  )
}
