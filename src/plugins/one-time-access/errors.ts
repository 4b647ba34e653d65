// Refusals around one-time codes.
import { defineErrors } from '#core/errors.ts'

export const oneTimeErrors = defineErrors({
  token_invalid_or_expired: {
    status: 401,
    message: 'This code is not valid, was already used, or has run out. Ask for a new one.',
  },
  device_code_invalid: { status: 401, message: 'Open this code in the browser that asked for it.' },
})

/** For administrators, by HTTP and on the command line: a code for a disabled account would not let anybody in. */
export const disabledSentence = (username: string): string =>
  `The account ${username} is disabled, so a code would not let anybody in. Enable it first, here or in its directory.`
