// Secrets of apps: made here or brought along, several at a time so that one can take over from another, and only hashes of them kept.
import { and, asc, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { isHashOf, newId, randomToken, sha256 } from '#core/crypto.ts'
import { packed } from '#core/db/packed.ts'
import type { OidcHost } from './provider.ts'
import { clientSecrets } from './tables.ts'

export type SecretRow = typeof clientSecrets.$inferSelect

/** What an administrator may say of a new secret; one of their own is for clients whose configuration cannot be changed. */
export interface NewSecret {
  readonly secret?: string | undefined
  readonly name?: string | undefined
  readonly expiresAt?: Date | null | undefined
}

export interface ClientSecrets {
  /** The newest last. */
  list(clientId: string): Promise<readonly SecretRow[]>
  /** The only moment in which the secret itself is known. */
  create(clientId: string, wanted?: NewSecret): Promise<{ readonly row: SecretRow; readonly secret: string }>
  /** False when the client has no such secret. */
  remove(clientId: string, id: string): Promise<boolean>
  /** All of them, for `verify`. */
  held(clientId: string): Promise<readonly SecretRow[]>
  /** Whether one of those presented is a live one of those held. */
  verify(held: readonly SecretRow[], presented: readonly string[]): Promise<boolean>
}

/** How much of a secret is kept in the clear, for telling one from another in a list. */
const prefixLength = 4
/** The last use is for people to look at: to the hour is enough, and spares a write for every token. */
const lastUsedSeconds = 3_600

export function createClientSecrets({ db, clock, log }: Pick<OidcHost, 'db' | 'clock' | 'log'>): ClientSecrets {
  const ofClient = (clientId: string) => eq(clientSecrets.clientId, clientId)

  const byClient = db.read
    .select({ row: packed(clientSecrets) })
    .from(clientSecrets)
    .where(eq(clientSecrets.clientId, sql.placeholder('clientId')))
    .prepare()

  const noteUse = async (row: SecretRow, secret: string) => {
    const now = clock.now()
    const isOld = or(isNull(clientSecrets.lastUsedAt), lt(clientSecrets.lastUsedAt, inSeconds(clock, -lastUsedSeconds)))
    // A hash that is slow by design is for passwords; these are random, and every token would wait for it.
    const rehashed = row.hashKind === 'bcrypt' ? { hash: sha256(secret), hashKind: 'sha256' as const } : {}
    const due = row.hashKind === 'bcrypt' ? eq(clientSecrets.hashKind, 'bcrypt') : isOld
    const same = and(eq(clientSecrets.id, row.id), due)
    await db.write((tx) =>
      tx
        .update(clientSecrets)
        .set({ lastUsedAt: now, ...rehashed })
        .where(same),
    )
  }

  /** A disk that is full keeps nobody out for that. */
  const notNoted =
    ({ clientId }: SecretRow) =>
    (error: unknown) =>
      log.warn('The use of a secret could not be noted', { client: clientId, error })

  return {
    list: (clientId) =>
      db.read.select().from(clientSecrets).where(ofClient(clientId)).orderBy(asc(clientSecrets.createdAt), asc(clientSecrets.id)),
    async create(clientId, { secret = randomToken(), name = '', expiresAt = null } = {}) {
      const row: SecretRow = {
        id: newId(),
        clientId,
        name,
        hash: sha256(secret),
        hashKind: 'sha256',
        prefix: secret.slice(0, prefixLength),
        createdAt: clock.now(),
        expiresAt,
        lastUsedAt: null,
      }
      await db.write((tx) => tx.insert(clientSecrets).values(row))
      return { row, secret }
    },
    async remove(clientId, id) {
      const mine = and(eq(clientSecrets.id, id), ofClient(clientId))
      return (await db.write((tx) => tx.delete(clientSecrets).where(mine).returning())).length > 0
    },
    held: async (clientId) => (await byClient.execute({ clientId })).map(({ row }) => row),
    async verify(held, presented) {
      for (const row of held) {
        if (row.expiresAt && row.expiresAt <= clock.now()) continue
        const secret = await matching(row, presented)
        if (secret === undefined) continue
        const isDue = !row.lastUsedAt || row.lastUsedAt < inSeconds(clock, -lastUsedSeconds)
        if (isDue || row.hashKind === 'bcrypt') await noteUse(row, secret).catch(notNoted(row))
        return true
      }
      return false
    },
  }
}

async function matching({ hash, hashKind }: SecretRow, presented: readonly string[]): Promise<string | undefined> {
  if (hashKind === 'sha256') return presented.find((secret) => isHashOf(hash, secret))
  const { compare } = await import('bcryptjs')
  for (const secret of presented) if (await compare(secret, hash)) return secret
  return undefined
}
