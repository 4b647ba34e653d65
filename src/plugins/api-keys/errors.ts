// Refusals around API keys.
import { defineErrors } from '#core/errors.ts'

export const apiKeyErrors = defineErrors({
  api_key_not_found: { status: 404, message: 'You have no such API key.' },
  api_key_not_expired: { status: 409, message: 'This API key has not run out yet. Make another one, or remove it first.' },
  invalid_api_key_expiration: { status: 400, message: 'The end of an API key must lie ahead.' },
})
