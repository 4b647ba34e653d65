// What belongs to one app: its secrets, its groups, its logos, and a look at what it would learn of somebody.
import type { AppSecret } from '#core/ports-apps.ts'
import type { ClientPageProps } from '../pages/client.tsx'
import { AppLogo } from './app-logo.tsx'
import { Action } from './controls.tsx'
import { FaultLine } from './fault-line.tsx'
import { GroupPicker } from './group-picker.tsx'
import { Icon } from './icon.tsx'
import { AskForm } from './inline-forms.tsx'
import { Ago, Badge, Card, Copyable, Day } from './pieces.tsx'

type CardProps = ClientPageProps & { readonly base: string }

export function SecretsCard({ view, app, secret, base }: CardProps) {
  const { t } = view
  const { secrets } = app.credentials
  return (
    <Card title={t.client.secrets} lead={t.client.secretsLead} id="secrets">
      {secret && (
        <div class="made" role="status">
          <Copyable view={view} text={secret} label={t.client.secrets} />
          <p class="muted">{t.client.secretReady}</p>
        </div>
      )}
      {secrets.length === 0 && <p class="muted">{t.client.secretsNone}</p>}
      <ul class="rows">
        {secrets.map((one) => (
          <SecretRow view={view} secret={one} base={base} />
        ))}
      </ul>
      <AskForm
        action={`${base}/secrets`}
        name="name"
        label={t.client.secretName}
        icon="key-round"
        submit={t.client.secretMake}
        optional
        maxlength={50}
        busy={t.app.working}
      />
    </Card>
  )
}

const SecretRow = ({ view, secret, base }: Pick<CardProps, 'view' | 'base'> & { readonly secret: AppSecret }) => {
  const { t } = view
  const name = secret.name || secret.prefix || secret.id.slice(0, 8)
  return (
    <li>
      <span class="row-icon">
        <Icon name="key-round" />
      </span>
      <div class="row-main">
        <strong>{name}</strong>
        <p class="muted">
          {secret.prefix && <code>{secret.prefix}… </code>}
          <Day view={view} at={new Date(secret.createdAt)} />
          {` · ${t.client.secretUsed} `}
          {secret.lastUsedAt ? <Ago view={view} at={new Date(secret.lastUsedAt)} /> : t.app.never}
          {secret.expiresAt && ` · ${t.client.secretEnds} `}
          {secret.expiresAt && <Day view={view} at={new Date(secret.expiresAt)} />}
        </p>
      </div>
      {!secret.isActive && <Badge tone="warn">{t.client.secretOver}</Badge>}
      <Action to={`${base}/secrets/${secret.id}/delete`} class="icon-button danger">
        <Icon name="trash-2" />
        <span class="said">{t.client.secretRemove(name)}</span>
      </Action>
    </li>
  )
}

export function GroupsOfClient({ view, app, joinable, base }: CardProps) {
  const { t } = view
  return (
    <Card title={t.client.access} lead={t.client.accessLead} id="groups">
      <GroupPicker
        action={`${base}/groups`}
        groups={app.allowedUserGroups.map((group) => ({ ...group, open: true }))}
        more={joinable}
        words={{
          none: t.client.accessNone,
          choose: t.client.accessChoose,
          add: t.client.accessAdd,
          remove: t.client.accessRemove,
        }}
      />
    </Card>
  )
}

export function LogosCard({ view, app, base, faults }: CardProps) {
  const { t } = view
  const variants = [
    ['light', app.hasLogo],
    ['dark', app.hasDarkLogo],
  ] as const
  return (
    <Card title={t.client.logo} lead={t.client.logoLead} id="logo">
      <div class="person-head">
        <span class="row-icon large">
          <AppLogo client={app} />
        </span>
        <div>
          {variants.map(
            ([variant, there]) =>
              there && (
                <Action to={`${base}/logo/delete`} class="button small danger" hidden={{ variant }}>
                  {t.client.logoRemove} ({t.client.logoVariants[variant]})
                </Action>
              ),
          )}
        </div>
      </div>
      <form method="post" action={`${base}/logo`} enctype="multipart/form-data" class="inline-form" data-busy={t.app.working}>
        <input
          type="file"
          name="file"
          class="input"
          required
          accept="image/*"
          aria-label={t.client.logoFile}
          aria-invalid={faults.file ? 'true' : undefined}
        />
        <div class="select">
          <select class="input" name="variant" aria-label={t.client.logo}>
            {variants.map(([variant]) => (
              <option value={variant}>{t.client.logoVariants[variant]}</option>
            ))}
          </select>
          <Icon name="chevron-down" />
        </div>
        <button type="submit" class="button">
          <Icon name="upload" />
          <span>{t.client.logoSet}</span>
        </button>
      </form>
      <FaultLine fault={faults.file && view.said(faults.file)} alert />
    </Card>
  )
}

export function PreviewOfClient({ view, preview, login = '', base, faults }: CardProps) {
  const { t } = view
  return (
    <Card title={t.client.preview} lead={t.client.previewLead} id="preview">
      <AskForm
        action={`${base}/preview`}
        name="login"
        label={t.client.previewLogin}
        icon="user-round"
        submit={t.client.previewMake}
        value={login}
        wrong={faults.login !== undefined}
        busy={t.app.working}
      />
      <FaultLine fault={faults.login && view.said(faults.login)} alert />
      {preview &&
        (['idToken', 'userInfo', 'accessToken'] as const).map((part) => (
          <div class="made" role="status">
            <strong>{t.client.previewParts[part]}</strong>
            {/* Long lines wrap: what scrolls inside a page is hard to reach by keyboard. */}
            <pre class="json">{JSON.stringify(preview[part], null, 2)}</pre>
          </div>
        ))}
    </Card>
  )
}
