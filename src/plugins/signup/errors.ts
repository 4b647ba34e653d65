// Refusals around the initial set-up and signing up.
import { defineErrors } from '#core/errors.ts'

export const signupErrors = defineErrors({
  setup_not_available: { status: 404, message: 'This instance already has an administrator.' },
  setup_already_completed: { status: 409, message: 'Somebody has already set up this instance. Sign in instead.' },
  open_signup_disabled: { status: 403, message: 'Nobody can sign up here by himself. Ask your administrator for an account.' },
  token_invalid_or_expired: {
    status: 401,
    message: 'This invitation is not valid, is used up, or has run out. Ask for a new one.',
  },
  signup_token_not_found: { status: 404, message: 'There is no such invitation. Perhaps somebody removed it.' },
})

/** Where an invitation would help. */
export const invitationNeeded = 'An invitation is needed to sign up here. Ask your administrator for one.'
