// What an administrator may decide about passkeys.
import { choice, defineSettings, flag } from '#core/settings/define.ts'

export const settings = defineSettings({
  webauthnUserVerification: choice(['required', 'preferred'], {
    label: 'User verification',
    help: 'Whether a passkey must check a PIN, a fingerprint or a face each time.',
    default: 'required',
  }),
  webauthnAllowSyncedPasskeys: flag({
    label: 'Allow synced passkeys',
    help: 'Accept passkeys that a password manager or an account copies between devices. Applies to new passkeys.',
    default: true,
  }),
  webauthnAuthenticatorAttachment: choice(['any', 'platform', 'cross-platform'], {
    label: 'Kind of authenticator',
    help: 'Which kind browsers offer for a new passkey: built into the device (platform), or a key or phone (cross-platform).',
    default: 'any',
  }),
})
