// Refusals of everything that has to do with who somebody is.
import { defineErrors } from '../errors.ts'

export const identityErrors = defineErrors({
  user_not_found: { status: 404, message: 'User not found.' },
  group_not_found: { status: 404, message: 'User group not found.' },
  user_disabled: { status: 403, message: 'This account is disabled. Ask your administrator.' },
  last_admin: { status: 409, message: 'This is the last enabled administrator. Make somebody else one first.' },
  api_key_auth_not_allowed: { status: 403, message: 'This needs a browser session; API keys are not accepted here.' },
  invalid_api_key: { status: 401, message: 'The API key is not valid.' },
})
