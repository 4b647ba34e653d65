// Refusals around letters.
import { defineErrors } from '#core/errors.ts'

export const emailErrors = defineErrors({
  one_time_access_disabled: {
    status: 403,
    message: 'Sign-in links by e-mail are switched off here. Ask your administrator for a one-time code.',
  },
  email_verification_disabled: { status: 403, message: 'E-mail addresses are not verified here.' },
  user_email_not_set: { status: 409, message: 'This account has no e-mail address. Add one first.' },
  invalid_email_verification_token: {
    status: 400,
    message: 'This link is not valid, was already used, has run out, or is for another account or address. Ask for a new one.',
  },
  email_not_sent: { status: 422, message: 'The letter could not be sent.' },
})

export const noServerSentence = 'No mail server is set. Name one as SMTP_HOST, or in the configuration.'
export const badAddressSentence = 'The e-mail address of this account is not one that a mail server takes. Correct it first.'
