// The device flow (RFC 8628): a device shows a code, a person lets it in, the device polls until then.
import { and, eq, gt, lte } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { keyedHash, randomText, randomToken, sha256 } from '#core/crypto.ts'
import { clearThrough } from '#core/db/clear.ts'
import type { UserActor } from '#core/identity/actor.ts'
import type { DeviceRequest } from '#core/ports.ts'
import { metaOf } from './app-meta.ts'
import { agreedTo, remember } from './consents.ts'
import { oidcErrors } from './errors.ts'
import { proveFreshly } from './fresh-proof.ts'
import { acrOf, passkeyAmr } from './protocol/acr.ts'
import { OAuthError } from './protocol/errors.ts'
import type { Provider } from './provider.ts'
import { type ClientRow, deviceCodes, type GrantRow } from './tables.ts'

type DeviceRow = typeof deviceCodes.$inferSelect

export interface DeviceStart {
  readonly deviceCode: string
  readonly userCode: string
  readonly expiresInSeconds: number
  readonly intervalSeconds: number
}

export interface Decision {
  readonly approve: boolean
  readonly reauthenticationToken: string
  readonly ipAddress?: string | null
  readonly userAgent?: string | null
}

export interface Devices {
  begin(
    client: ClientRow,
    asked: { readonly scope: readonly string[]; readonly resources: readonly string[]; readonly nonce?: string },
  ): Promise<DeviceStart>
  describe(userCode: string, actor: UserActor | undefined): Promise<DeviceRequest>
  decide(userCode: string, actor: UserActor, decision: Decision): Promise<void>
  /**
   * The grant of a device that was let in, once.
   * @throws OAuthError authorization_pending, slow_down, access_denied, expired_token, invalid_grant
   */
  redeem(deviceCode: string, clientId: string): Promise<{ readonly grant: GrantRow; readonly nonce: string | null }>
  sweep(): Promise<void>
}

const lifetimeSeconds = 15 * 60
const intervalSeconds = 5
/** RFC 8628 section 6.1: no vowels, so no words, and nothing that looks like something else. 8 of 20 are 34 bits. */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ'
const plain = (userCode: string) => userCode.toUpperCase().replace(/[^A-Z]/g, '')

/** What devices stand on. */
export type DeviceDeps = Pick<Provider, 'host' | 'clients' | 'resources' | 'grants'>

export function createDevices({ host, clients, resources, grants }: DeviceDeps): Devices {
  const { db, clock, vault } = host
  // So short a code could be found in a stolen table by trying them all, so its hash has a key.
  const hash = (userCode: string) => keyedHash(vault.key('oidc-user-code'), plain(userCode))

  async function waiting(userCode: string): Promise<{ readonly row: DeviceRow; readonly client: ClientRow }> {
    const [row] = await db.read
      .select()
      .from(deviceCodes)
      .where(eq(deviceCodes.userCodeHash, hash(userCode)))
    if (row && row.expiresAt <= clock.now()) throw oidcErrors.refuse('oidc_device_code_expired')
    const client = row && row.state === 'pending' ? await clients.find(row.clientId) : undefined
    if (!row || !client) throw oidcErrors.refuse('oidc_invalid_device_code')
    return { row, client }
  }

  return {
    async begin(client, { scope, resources: wanted, nonce }) {
      const deviceCode = randomToken()
      const code = randomText(8, alphabet)
      await db.write((tx) =>
        tx.insert(deviceCodes).values({
          codeHash: sha256(deviceCode),
          userCodeHash: hash(code),
          clientId: client.id,
          scope: scope.join(' '),
          resources: wanted,
          nonce: nonce ?? null,
          intervalSeconds,
          createdAt: clock.now(),
          expiresAt: inSeconds(clock, lifetimeSeconds),
        }),
      )
      const userCode = `${code.slice(0, 4)}-${code.slice(4)}`
      return { deviceCode, userCode, expiresInSeconds: lifetimeSeconds, intervalSeconds }
    },

    async describe(userCode, actor) {
      const { row, client } = await waiting(userCode)
      const scope = row.scope.split(' ').filter((one) => one !== '')
      return {
        client: {
          ...(await metaOf(host, client)),
          launchURL: client.launchUrl,
          requiresReauthentication: client.requiresReauthentication,
        },
        scope,
        scopeInfo: await resources.describe(row.resources, scope),
        authorizationRequired:
          !client.skipConsent && !(actor && (await agreedTo(host, { client, scope, resources: row.resources }, actor.user.id))),
        reauthenticationRequired: client.requiresReauthentication,
      }
    },

    async decide(userCode, actor, { approve, reauthenticationToken, ...origin }) {
      const { row, client } = await waiting(userCode)
      const pending = and(eq(deviceCodes.codeHash, row.codeHash), eq(deviceCodes.state, 'pending'))
      if (!approve) {
        await db.write((tx) => tx.update(deviceCodes).set({ state: 'denied' }).where(pending))
        return
      }
      const { user, session } = actor
      if (!session) throw oidcErrors.refuse('oidc_access_denied')
      if (!(await clients.admits(client, user.id))) throw oidcErrors.refuse('oidc_access_denied')
      if (client.requiresReauthentication) await proveFreshly(host, actor, reauthenticationToken)
      const amr = client.requiresReauthentication ? passkeyAmr : session.amr
      const scope = row.scope.split(' ').filter((one) => one !== '')
      const isFirst = await db.write(async (tx) => {
        const grant = await grants.issueGrant(tx, {
          clientId: client.id,
          userId: user.id,
          // A device is not the browser that let it in: signing out there does not sign it out.
          sessionId: null,
          scope: row.scope,
          resources: row.resources,
          claims: null,
          authTime: client.requiresReauthentication ? clock.now() : session.createdAt,
          acr: acrOf(amr) ?? null,
          amr,
        })
        const taken = await tx.update(deviceCodes).set({ state: 'approved', grantId: grant.id }).where(pending).returning()
        if (taken.length === 0) throw oidcErrors.refuse('oidc_invalid_device_code')
        return remember(host, tx, { client, scope, resources: row.resources }, user.id)
      })
      const { ipAddress = null, userAgent = null } = origin
      const told = { userId: user.id, clientId: client.id, clientName: client.name, isFirst, byDevice: true }
      host.events.publish('app.authorized', { ...told, ipAddress, userAgent })
    },

    async redeem(deviceCode, clientId) {
      const codeHash = sha256(deviceCode)
      const now = clock.now()
      const outcome = await db.write(async (tx) => {
        const [row] = await tx.select().from(deviceCodes).where(eq(deviceCodes.codeHash, codeHash))
        if (!row || row.clientId !== clientId) return 'invalid_grant'
        if (row.expiresAt <= now) return 'expired_token'
        if (row.state === 'pending') {
          const early = row.polledAt !== null && now.getTime() - row.polledAt.getTime() < row.intervalSeconds * 1000 - 500
          const interval = early ? row.intervalSeconds + intervalSeconds : row.intervalSeconds
          const polled = { polledAt: now, intervalSeconds: interval }
          await tx.update(deviceCodes).set(polled).where(eq(deviceCodes.codeHash, codeHash))
          return early ? 'slow_down' : 'authorization_pending'
        }
        const live = and(eq(deviceCodes.codeHash, codeHash), gt(deviceCodes.expiresAt, now))
        const [spent] = await tx.delete(deviceCodes).where(live).returning()
        if (!spent || spent.state === 'denied') return 'access_denied'
        return spent
      })
      if (typeof outcome === 'string') throw new OAuthError(outcome, words[outcome])
      const grant = outcome.grantId === null ? undefined : await grants.find(outcome.grantId)
      if (!grant) throw new OAuthError('invalid_grant', words.invalid_grant)
      return { grant, nonce: outcome.nonce }
    },
    async sweep() {
      await clearThrough(db, deviceCodes, deviceCodes.codeHash, lte(deviceCodes.expiresAt, inSeconds(clock, -lifetimeSeconds)))
    },
  }
}

const words = {
  invalid_grant: 'The device code is not valid.',
  expired_token: 'The device code has run out.',
  slow_down: 'The device asks too often.',
  authorization_pending: 'Nobody has let the device in yet.',
  access_denied: 'The user said no.',
} as const
