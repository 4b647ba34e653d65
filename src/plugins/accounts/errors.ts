// Refusals of the routes for users, groups and claims; codes as Pocket ID's clients know them.
import { defineErrors } from '#core/errors.ts'

/** The codes of this plugin. */
export const errors = defineErrors({
  user_email_not_set: { status: 409, message: 'Every account needs an e-mail address here (setting requireUserEmail).' },
  reserved_claim: { status: 400, message: 'This claim name is reserved.' },
  duplicate_claim: { status: 400, message: 'A claim name may stand in the list only once.' },
})
