// Proof that a passkey was touched a moment ago, spent where an app insists on one.
import type { UserActor } from '#core/identity/actor.ts'
import { reauthentication } from '#core/ports.ts'
import { oidcErrors } from './errors.ts'
import type { OidcHost } from './provider.ts'

/** @param token of the cookie that the passkey ceremony left @throws AppError reauthentication_required */
export async function proveFreshly(host: Pick<OidcHost, 'seek'>, { session }: UserActor, token: string): Promise<void> {
  const isFresh = session !== undefined && (await host.seek(reauthentication)?.spend(token, session.id))
  if (!isFresh) throw oidcErrors.refuse('reauthentication_required')
}
