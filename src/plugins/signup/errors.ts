// Refusals around the initial set-up.
import { defineErrors } from '#core/errors.ts'

export const signupErrors = defineErrors({
  setup_not_available: { status: 404, message: 'This instance already has an administrator.' },
  setup_already_completed: { status: 409, message: 'Somebody has already set up this instance. Sign in instead.' },
})
