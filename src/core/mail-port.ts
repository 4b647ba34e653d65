// The port of letters: what may be asked for, for pages and plugins that want one sent.
import type { UserRow } from './identity/actor.ts'
import type { Port } from './ports.ts'

/** What may be asked for as the settings stand. Without a mail server nothing may. */
export interface MailOffers {
  /** A mail server is named. */
  readonly server: boolean
  /** Whoever cannot sign in may ask for a link by e-mail. */
  readonly linksForStrangers: boolean
  /** Administrators may send somebody a link. */
  readonly linksByAdmins: boolean
  /** People may prove that an address is theirs. */
  readonly verification: boolean
}

/** What waits to be sent, and why the last attempt failed. */
export interface MailStanding {
  readonly waiting: number
  readonly lastFailure: { readonly at: Date; readonly sentence: string } | undefined
}

/** Where a request comes from, as far as a letter cares. */
export interface LetterWishes {
  /** The Accept-Language of the request, for somebody whose account names no language. */
  readonly accepted: string | undefined
}

export interface Mail {
  readonly offers: MailOffers
  standing(): Promise<MailStanding>
  /**
   * Sends a letter and waits for the mail server's answer: an administrator wants to know.
   * @throws AppError user_email_not_set, email_not_sent with the reason in a sentence
   */
  sendTest(user: UserRow, wishes: LetterWishes): Promise<void>
  /**
   * Sends a code and a link to whom the address belongs, if to anybody. The answer, and the time until it, are the same for every address.
   *
   * @param next a path of ours to go on to after signing in
   * @returns the text for the browser's device cookie, without which the code is worth nothing
   * @throws AppError one_time_access_disabled
   */
  requestLink(email: string, next: string, wishes: LetterWishes): string
  /** @throws AppError one_time_access_disabled, user_email_not_set, user_disabled, user_not_found */
  sendLink(userId: string, lifetimeSeconds: number, wishes: LetterWishes): Promise<void>
  /** Does nothing for an address that is verified. @throws AppError email_verification_disabled, user_email_not_set */
  sendVerification(user: UserRow, wishes: LetterWishes): Promise<void>
  /** @throws AppError invalid_email_verification_token */
  verify(userId: string, token: string): Promise<void>
}

export const mail: Port<Mail> = { name: 'mail' }
