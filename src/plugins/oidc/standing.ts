// Asked at every use of a grant: is it live, is the person still let in, is the app still open to them?
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { packed } from '#core/db/packed.ts'
import { users } from '#core/db/tables.ts'
import { isDisabled, type UserRow } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { type ClientRow, clients, type GrantRow, grants } from './tables.ts'

export interface Standing {
  readonly grant: GrantRow
  readonly user: UserRow
  readonly client: ClientRow
}

/** Whether somebody may use a client. */
type IsAllowed = (client: ClientRow, userId: string) => Promise<boolean>

/** Undefined as soon as anything that the grant stands on is gone. One query, because every userinfo request asks. */
export function createStandings({ db, clock }: Pick<Host, 'db' | 'clock'>, isAllowed: IsAllowed) {
  const live = db.read
    .select({ grant: packed(grants), user: packed(users), client: packed(clients) })
    .from(grants)
    .innerJoin(users, eq(users.id, grants.userId))
    .innerJoin(clients, eq(clients.id, grants.clientId))
    .where(and(eq(grants.id, sql.placeholder('id')), isNull(grants.revokedAt), gt(grants.expiresAt, sql.placeholder('now'))))
    .prepare()

  return async (id: string): Promise<Standing | undefined> => {
    const [found] = await live.execute({ id, now: clock.now().getTime() })
    if (!found || isDisabled(found.user)) return undefined
    return (await isAllowed(found.client, found.user.id)) ? found : undefined
  }
}
