// Refusals around telling apps.
import { defineErrors } from '#core/errors.ts'

export const scimErrors = defineErrors({
  scim_sync_failed: { status: 422, message: 'The app could not be told of everything.' },
  scim_sync_running: { status: 409, message: 'The app is being told right now. Try again in a moment.' },
})
