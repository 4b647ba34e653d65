// Refusals around passkeys.
import { defineErrors } from '#core/errors.ts'

export const passkeyErrors = defineErrors({
  invalid_webauthn_response: { status: 400, message: 'The passkey could not be registered. Try again.' },
  webauthn_authentication_failed: { status: 401, message: 'This passkey was not accepted.' },
  passkey_user_verification_required: {
    status: 400,
    message: 'This passkey did not verify you by PIN, fingerprint or face, which is required here.',
  },
  synced_passkey_not_allowed: {
    status: 400,
    message: 'Passkeys that are synced between devices are not allowed here. Use a security key or this device itself.',
  },
  invalid_webauthn_session: { status: 400, message: 'The passkey dialog took too long or was already used. Start again.' },
  missing_session_id: { status: 400, message: 'No passkey dialog is under way in this browser. Start again.' },
  reauthentication_required: { status: 401, message: 'Confirm with your passkey first.' },
  passkey_not_found: { status: 404, message: 'There is no such passkey.' },
})
