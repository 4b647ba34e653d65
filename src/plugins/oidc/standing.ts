// Asked at every use of a grant: is it live, is the person still let in, is the app still open to them?
import { eq, sql } from 'drizzle-orm'
import { packed } from '#core/db/packed.ts'
import { users } from '#core/db/tables.ts'
import { isDisabled, type UserRow } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { type ClientRow, clients, type GrantRow, grants } from './tables.ts'
import type { VerifiedAccessToken } from './tokens.ts'

export interface Standing {
  readonly grant: GrantRow
  readonly user: UserRow
  readonly client: ClientRow
}

/** Whether a token that a client has for itself is this very client's, and not one's that had its id before. */
export const isOfClient = (token: Pick<VerifiedAccessToken, 'clientId' | 'clientMadeAt'>, client: ClientRow): boolean =>
  token.clientId === client.id && token.clientMadeAt === client.createdAt.getTime()

/** Whether somebody may use a client. */
type IsAllowed = (client: ClientRow, userId: string) => Promise<boolean>

export interface Standings {
  /** Undefined as soon as anything that the grant stands on is gone. */
  live(grantId: string): Promise<Standing | undefined>
  /**
   * The same for whoever has just taken a code or refresh token of the grant. It was live in that very transaction; that somebody came
   * second meanwhile and ended it takes the tokens away, not the answer.
   */
  taken(grantId: string): Promise<Standing | undefined>
}

/** One query, because every userinfo request asks. */
export function createStandings({ db, clock }: Pick<Host, 'db' | 'clock'>, isAllowed: IsAllowed): Standings {
  const byId = db.read
    .select({ grant: packed(grants), user: packed(users), client: packed(clients) })
    .from(grants)
    .innerJoin(users, eq(users.id, grants.userId))
    .innerJoin(clients, eq(clients.id, grants.clientId))
    .where(eq(grants.id, sql.placeholder('id')))
    .prepare()
  const rowsOf = db.remember(async (id) => (await byId.execute({ id }))[0])

  const taken = async (id: string): Promise<Standing | undefined> => {
    const found = await rowsOf(id)
    if (!found || isDisabled(found.user)) return undefined
    return (await isAllowed(found.client, found.user.id)) ? found : undefined
  }
  return {
    taken,
    async live(id) {
      const found = await taken(id)
      return found && found.grant.revokedAt === null && found.grant.expiresAt > clock.now() ? found : undefined
    },
  }
}
