// Somebody's passkeys: what they are called, where they live, when they were used.
import type { Passkey } from '#core/ports.ts'
import type { View } from '../view.ts'
import { Action } from './controls.tsx'
import { Icon } from './icon.tsx'
import { MakerSign } from './maker-sign.tsx'
import { Ago, Badge, Day } from './pieces.tsx'

interface PasskeyListProps {
  readonly view: View
  readonly passkeys: readonly Passkey[]
  /** Where renaming and removing are posted; without `rename` the name only stands there. */
  readonly base: string
  readonly rename?: boolean
}

/** The kind of thing it is, as a picture: a key, a phone, this device. */
function iconOf({ transports, backedUp }: Passkey): string {
  if (transports.includes('usb')) return 'usb'
  if (transports.includes('nfc')) return 'nfc'
  if (transports.includes('hybrid') && !transports.includes('internal')) return 'smartphone'
  return backedUp ? 'cloud' : 'key-round'
}

export const PasskeyList = ({ view, passkeys, base, rename }: PasskeyListProps) => {
  const { t } = view
  return (
    <ul class="rows passkeys">
      {passkeys.map((passkey) => (
        <li>
          <MakerSign authenticator={passkey.authenticator} otherwise={iconOf(passkey)} />
          <div class="row-main">
            {rename ? (
              <form method="post" action={`${base}/${passkey.id}`} class="inline-form">
                <input
                  class="input quiet"
                  name="name"
                  value={passkey.name}
                  maxlength={50}
                  required
                  aria-label={t.passkeys.name}
                />
                <button type="submit" class="button small">
                  {t.passkeys.rename}
                </button>
              </form>
            ) : (
              <strong>{passkey.name}</strong>
            )}
            <p class="muted">
              {passkey.authenticator && passkey.authenticator !== passkey.name && `${passkey.authenticator} · `}
              {t.passkeys.added} <Day view={view} at={passkey.createdAt} />
              {' · '}
              {t.passkeys.used} {passkey.lastUsedAt ? <Ago view={view} at={passkey.lastUsedAt} /> : t.app.never}
            </p>
          </div>
          <Badge icon={passkey.backedUp ? 'cloud' : 'key-round'}>
            {passkey.backedUp ? t.passkeys.synced : t.passkeys.thisDevice}
          </Badge>
          <Action to={`${base}/${passkey.id}/delete`} class="icon-button danger">
            <Icon name="trash-2" />
            <span class="said">
              {t.passkeys.remove}: {passkey.name}
            </span>
          </Action>
        </li>
      ))}
    </ul>
  )
}
