// One's own account: who one is here, and how one signs in.
import type { Passkey } from '#core/ports.ts'
import type { Faults } from '../forms.ts'
import { Action } from '../kit/controls.tsx'
import { Icon } from '../kit/icon.tsx'
import { PasskeyList } from '../kit/passkey-list.tsx'
import { PersonFields } from '../kit/person-fields.tsx'
import { PersonForm } from '../kit/person-form.tsx'
import { PictureCard } from '../kit/picture-card.tsx'
import { Card, Copyable, Empty, Notice } from '../kit/pieces.tsx'
import { Qr } from '../kit/qr.tsx'
import { Shell } from '../kit/shell.tsx'
import type { PersonValues } from '../person.ts'
import type { ShownPicture } from '../person-pictures.ts'
import type { View } from '../view.ts'
import { devicePath } from './app-sign-in.tsx'
import { VerificationNotice } from './mail.tsx'
import { PasskeyButton } from './sign-in.tsx'

interface AccountProps {
  readonly view: View
  readonly values: PersonValues
  readonly faults: Faults
  readonly locked: ReadonlySet<string>
  readonly closed: ReadonlySet<string>
  readonly owner: string | undefined
  readonly emailRequired: boolean
  /** Undefined where no plugin offers them. */
  readonly passkeys: readonly Passkey[] | undefined
  readonly picture: ShownPicture | undefined
  /** Whether codes for other devices can be made. */
  readonly codes: boolean
  /** Whether a device that shows a code can be let in. */
  readonly devices: boolean
  /** The address is not proven, and can be. */
  readonly unverified: boolean
  /** A code that was just made. */
  readonly code?: { readonly token: string; readonly url: string } | undefined
}

export const accountPath = '/settings/account'

export function AccountPage(props: AccountProps) {
  const { view, values, faults } = props
  const { t, said } = view
  const name = values.text.displayName || values.text.username
  return (
    <Shell view={view} title={t.account.title} lead={t.account.lead} islands={['passkey']} fault={faults[''] && said(faults[''])}>
      {props.unverified && view.user && <VerificationNotice view={view} user={view.user} />}
      {props.passkeys && <PasskeysCard view={view} passkeys={props.passkeys} />}
      <PersonForm
        view={view}
        action={accountPath}
        title={t.account.profile}
        lead={props.owner ? t.app.locked(props.owner) : props.closed.size > 0 ? t.account.ownEditOff : t.account.profileLead}
        owner={props.owner}
        name={name}
        known={values.text.email || values.text.username}
        picture={props.picture?.href}
      >
        <PersonFields {...props} />
      </PersonForm>
      <PictureCard view={view} name={name} picture={props.picture} action={`${accountPath}/picture`} fault={faults.file} />
      {props.codes && <CodeCard view={view} code={props.code} devices={props.devices} />}
    </Shell>
  )
}

function PasskeysCard({ view, passkeys }: { readonly view: View; readonly passkeys: readonly Passkey[] }) {
  const { t } = view
  const add = (look: string) => (
    <PasskeyButton view={view} kind="register" next={`${accountPath}?done=passkeyAdded`} label={t.passkeys.add} class={look} />
  )
  return (
    <Card title={t.passkeys.title} lead={t.passkeys.lead} aside={passkeys.length > 0 && add('button')}>
      <Standing view={view} passkeys={passkeys} />
      {passkeys.length === 1 && <Notice tone="warn">{t.passkeys.single}</Notice>}
      {passkeys.length === 0 ? (
        <Empty icon="key-round" title={t.passkeys.none}>
          <p>{t.passkeys.noneLead}</p>
          {add('button primary')}
        </Empty>
      ) : (
        <PasskeyList view={view} passkeys={passkeys} base={`${accountPath}/passkeys`} rename />
      )}
    </Card>
  )
}

/** What stands here now, for the browser to tell whoever keeps the passkeys: which are left, and what the person is called. */
const Standing = ({ view: { user, appUrl }, passkeys }: { readonly view: View; readonly passkeys: readonly Passkey[] }) =>
  user ? (
    <data
      hidden
      data-standing={JSON.stringify({
        rpId: new URL(appUrl).hostname,
        userId: Buffer.from(user.id).toString('base64url'),
        allAcceptedCredentialIds: passkeys.map(({ credentialId }) => credentialId),
        name: user.username,
        displayName: user.displayName || user.username,
      })}
    />
  ) : null

function CodeCard({ view, code, devices }: Pick<AccountProps, 'view' | 'code' | 'devices'>) {
  const { t } = view
  return (
    <Card
      id="code"
      title={t.account.another}
      lead={t.account.anotherLead}
      aside={
        <>
          {devices && (
            <a class="button" href={devicePath}>
              <Icon name="qr-code" />
              <span>{t.deviceLogin.typeHere}</span>
            </a>
          )}
          {!code && (
            <Action to={`${accountPath}/code#code`} busy={t.app.working}>
              <Icon name="rectangle-ellipsis" />
              <span>{t.account.anotherMake}</span>
            </Action>
          )}
        </>
      }
    >
      {code && (
        <div class="made with-qr" role="status">
          <Qr text={code.url} label={t.deviceLogin.qrOfLink} />
          <div class="made">
            <output class="code">{code.token}</output>
            <p class="muted">{t.account.anotherHow(`${view.appUrl}/login/alternative/code`)}</p>
            <Copyable view={view} text={code.url} label={t.user.access} />
          </div>
        </div>
      )}
    </Card>
  )
}
