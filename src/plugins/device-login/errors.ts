// Refusals around devices that wait to be let in.
import { defineErrors } from '#core/errors.ts'

export const deviceLoginErrors = defineErrors({
  device_login_expired: {
    status: 401,
    message:
      'This sign-in request is not valid, was already used, or has run out. Start again on the device that wants to sign in.',
  },
  device_login_denied: { status: 403, message: 'The sign-in was turned down on the other device.' },
  reauthentication_required: { status: 401, message: 'Confirm with your passkey first.' },
})
