// A device that shows a code and asks to be signed in by somebody who is in on another one: for whoever draws its pages.
import type { UserActor } from './identity/actor.ts'
import type { Port } from './ports.ts'

/** What a waiting browser holds. The secret never leaves it, so that nobody else can collect what was approved for it. */
export interface DeviceTicket {
  readonly id: string
  readonly secret: string
}

/** A request that was just made. */
export interface NewDeviceLogin extends DeviceTicket {
  /** What the person types or scans on the other device. */
  readonly userCode: string
  readonly expiresAt: Date
}

/** Who asks to be signed in, as the person who decides is shown it. */
export interface DeviceLogin {
  readonly userCode: string
  /** "Firefox on Linux", as far as it said. */
  readonly device: string
  readonly ipAddress: string | null
  readonly country: string
  readonly city: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

export interface DeviceLogins {
  /** The request comes from this browser. */
  begin(from: { readonly ipAddress: string | null; readonly userAgent: string | null }): Promise<NewDeviceLogin>
  /**
   * Where a request stands. With `waitMilliseconds` the answer takes as long, or until somebody decides.
   *
   * @throws AppError device_login_expired, device_login_denied
   */
  standing(
    ticket: DeviceTicket,
    wait?: { readonly milliseconds: number; readonly signal: AbortSignal },
  ): Promise<'pending' | 'approved'>
  /**
   * Spends an approved request and says who approved it: of any number of askers at once, one gets it.
   *
   * @throws AppError device_login_expired, device_login_denied
   */
  redeem(ticket: DeviceTicket): Promise<string>
  /** The request that waits under a code; undefined for every code that nothing waits under. */
  find(userCode: string): Promise<DeviceLogin | undefined>
  /** Whether this person has to touch a passkey before letting a device in. */
  needsProof(actor: UserActor): boolean
  /**
   * Lets the device in as the actor, or turns it away, which takes no proof.
   *
   * @throws AppError device_login_expired, reauthentication_required
   */
  decide(
    userCode: string,
    actor: UserActor,
    decision: { readonly approve: boolean; readonly reauthenticationToken: string },
  ): Promise<void>
}

export const deviceLogins: Port<DeviceLogins> = { name: 'device-logins' }
