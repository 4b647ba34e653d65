// Writes of a source to the rows it owns: set-based, a slice of rows a statement. The other door beside the edit-guard.
import { type SQL, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Transaction } from '../db/client.ts'
import type { UserRow } from './actor.ts'
import { putAccountsBack } from './returning.ts'

type Fields = Pick<UserRow, 'username' | 'email' | 'emailVerified' | 'firstName' | 'lastName' | 'displayName'> & {
  /** What the source calls the row. */
  readonly entry: string
  /** A JSON object of texts by name, or null. */
  readonly claims: string | null
}
type Standing = Pick<UserRow, 'id' | 'isAdmin' | 'sourceDisabled'>

/** A user row as its source wants it. */
export interface SourcedUser extends Fields, Standing {
  readonly externalId: string
  readonly digest: string | null
}

export interface SourcedGroup {
  readonly id: string
  readonly externalId: string
  /** What the source calls the row. */
  readonly entry: string
  readonly name: string
  readonly friendlyName: string
}

export interface SourcedMembers {
  readonly groupId: string
  readonly userIds: readonly string[]
}

/**
 * What a source may do to its rows. Every statement repeats `source is ?`, so a row that changed its owner meanwhile stays as
 * it is. The caller cuts long lists: a statement blocks the process while it runs.
 */
export interface SourceWriter {
  createUsers(tx: Transaction, users: readonly SourcedUser[]): Promise<void>
  /** Takes accounts over that nobody owns, or that are the source's under another external id. */
  adoptUsers(tx: Transaction, users: readonly Pick<SourcedUser, 'id' | 'externalId'>[]): Promise<void>
  /** Brings accounts back that are kept aside, with what hung on them, and gives them these values. */
  returnUsers(tx: Transaction, users: readonly SourcedUser[]): Promise<void>
  /** Writes the values and the digest; what somebody may do is `setStanding`'s. */
  updateUsers(tx: Transaction, users: readonly (Fields & Pick<SourcedUser, 'id' | 'digest'>)[]): Promise<void>
  /** Rights and access. Whoever is shut out by it loses every session in the same transaction. */
  setStanding(tx: Transaction, users: readonly Standing[]): Promise<void>
  removeUsers(tx: Transaction, ids: readonly string[]): Promise<void>
  /** Gives rows a name nobody else can have, for the moment in which others take theirs. */
  parkUsers(tx: Transaction, ids: readonly string[]): Promise<void>
  createGroups(tx: Transaction, groups: readonly SourcedGroup[]): Promise<void>
  returnGroups(tx: Transaction, groups: readonly SourcedGroup[]): Promise<void>
  updateGroups(tx: Transaction, groups: readonly Omit<SourcedGroup, 'externalId'>[]): Promise<void>
  /** The source calls them otherwise now; nothing else of them changes. */
  moveGroups(tx: Transaction, groups: readonly Pick<SourcedGroup, 'id' | 'entry'>[]): Promise<void>
  removeGroups(tx: Transaction, ids: readonly string[]): Promise<void>
  parkGroups(tx: Transaction, ids: readonly string[]): Promise<void>
  setGroupDigests(tx: Transaction, groups: readonly { readonly id: string; readonly digest: string | null }[]): Promise<void>
  addMembers(tx: Transaction, members: readonly SourcedMembers[]): Promise<void>
  removeMembers(tx: Transaction, members: readonly SourcedMembers[]): Promise<void>
}

/** The writer of one source, such as `ldap`. */
export function createSourceWriter(source: string, clock: Clock): SourceWriter {
  const now = () => clock.now().getTime()
  const users = userWrites(source, now)
  const groups = groupWrites(source, now)
  return {
    ...users,
    ...groups,
    ...memberWrites(source),
    async returnUsers(tx, rows) {
      await putAccountsBack(
        tx,
        'users',
        rows.map(({ id }) => id),
      )
      await users.updateUsers(tx, rows)
      await users.setStanding(tx, rows)
    },
    async returnGroups(tx, rows) {
      await putAccountsBack(
        tx,
        'groups',
        rows.map(({ id }) => id),
      )
      await groups.updateGroups(tx, rows)
    },
  }
}

const json = (value: unknown): string => JSON.stringify(value)
const bit = (value: boolean): number => (value ? 1 : 0)
/** A list of ids as a subquery: one bound value, however long the list. */
const among = (ids: readonly string[]): SQL => sql`(select value from json_each(${json(ids)}))`

function userWrites(source: string, now: () => number) {
  return {
    async createUsers(tx: Transaction, users: readonly SourcedUser[]) {
      const rows = users.map((user) => [
        ...[user.id, user.username, user.email, bit(user.emailVerified), user.firstName, user.lastName, user.displayName],
        ...[bit(user.isAdmin), bit(user.sourceDisabled), user.externalId, user.digest, user.claims, user.entry],
      ])
      await tx.run(sql`
        insert into users (id, username, email, email_verified, first_name, last_name, display_name, is_admin, source_disabled,
          external_id, source_digest, source_claims, source_entry, source, created_at, updated_at)
        select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8,
          value ->> 9, value ->> 10, value ->> 11, value ->> 12, ${source}, ${now()}, ${now()}
        from json_each(${json(rows)})`)
    },
    async updateUsers(tx: Transaction, users: readonly (Fields & Pick<SourcedUser, 'id' | 'digest'>)[]) {
      const rows = users.map((user) => [
        ...[
          user.id,
          user.username,
          user.email,
          bit(user.emailVerified),
          user.firstName,
          user.lastName,
          user.displayName,
          user.digest,
          user.claims,
          user.entry,
        ],
      ])
      await tx.run(sql`
        update users set username = given.value ->> 1, email = given.value ->> 2, email_verified = given.value ->> 3,
          first_name = given.value ->> 4, last_name = given.value ->> 5, display_name = given.value ->> 6,
          source_digest = given.value ->> 7, source_claims = given.value ->> 8, source_entry = given.value ->> 9, updated_at = ${now()}
        from json_each(${json(rows)}) as given where users.id = given.value ->> 0 and users.source is ${source}`)
    },
    async setStanding(tx: Transaction, users: readonly Standing[]) {
      const rows = users.map((user) => [user.id, bit(user.isAdmin), bit(user.sourceDisabled)])
      await tx.run(sql`
        update users set is_admin = given.value ->> 1, source_disabled = given.value ->> 2, updated_at = ${now()}
        from json_each(${json(rows)}) as given where users.id = given.value ->> 0 and users.source is ${source}`)
      const out = users.filter((user) => user.sourceDisabled).map(({ id }) => id)
      if (out.length > 0)
        await tx.run(
          sql`delete from sessions where user_id in (select id from users where id in ${among(out)} and source is ${source})`,
        )
    },
    async adoptUsers(tx: Transaction, users: readonly Pick<SourcedUser, 'id' | 'externalId'>[]) {
      const rows = users.map(({ id, externalId }) => [id, externalId])
      await tx.run(sql`
        update users set source = ${source}, external_id = given.value ->> 1, source_digest = null, updated_at = ${now()}
        from json_each(${json(rows)}) as given where users.id = given.value ->> 0 and (users.source is null or users.source is ${source})`)
    },
    async removeUsers(tx: Transaction, ids: readonly string[]) {
      await tx.run(sql`delete from users where id in ${among(ids)} and source is ${source}`)
    },
    async parkUsers(tx: Transaction, ids: readonly string[]) {
      // A colon is in no user name, so nobody can hold such a name already.
      await tx.run(
        sql`update users set username = 'parked:' || id, email = null where id in ${among(ids)} and source is ${source}`,
      )
    },
  }
}

function groupWrites(source: string, now: () => number) {
  return {
    async createGroups(tx: Transaction, groups: readonly SourcedGroup[]) {
      const rows = groups.map(({ id, externalId, name, friendlyName, entry }) => [id, externalId, name, friendlyName, entry])
      await tx.run(sql`
        insert into groups (id, external_id, name, friendly_name, source_entry, source, created_at, updated_at)
        select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, ${source}, ${now()}, ${now()} from json_each(${json(rows)})`)
    },
    async updateGroups(tx: Transaction, groups: readonly Omit<SourcedGroup, 'externalId'>[]) {
      const rows = groups.map(({ id, name, friendlyName, entry }) => [id, name, friendlyName, entry])
      await tx.run(sql`
        update groups set name = given.value ->> 1, friendly_name = given.value ->> 2, source_entry = given.value ->> 3, updated_at = ${now()}
        from json_each(${json(rows)}) as given where groups.id = given.value ->> 0 and groups.source is ${source}`)
    },
    async moveGroups(tx: Transaction, groups: readonly Pick<SourcedGroup, 'id' | 'entry'>[]) {
      const rows = groups.map(({ id, entry }) => [id, entry])
      await tx.run(sql`
        update groups set source_entry = given.value ->> 1
        from json_each(${json(rows)}) as given where groups.id = given.value ->> 0 and groups.source is ${source}`)
    },
    async removeGroups(tx: Transaction, ids: readonly string[]) {
      await tx.run(sql`delete from groups where id in ${among(ids)} and source is ${source}`)
    },
    async parkGroups(tx: Transaction, ids: readonly string[]) {
      await tx.run(sql`update groups set name = 'parked:' || id where id in ${among(ids)} and source is ${source}`)
    },
    async setGroupDigests(tx: Transaction, groups: readonly { readonly id: string; readonly digest: string | null }[]) {
      const rows = groups.map(({ id, digest }) => [id, digest])
      await tx.run(sql`
        update groups set source_digest = given.value ->> 1
        from json_each(${json(rows)}) as given where groups.id = given.value ->> 0 and groups.source is ${source}`)
    },
  }
}

function memberWrites(source: string) {
  const pairs = (members: readonly SourcedMembers[]) => json(members.map(({ groupId, userIds }) => [groupId, userIds]))
  return {
    async addMembers(tx: Transaction, members: readonly SourcedMembers[]) {
      // A user or group that was removed here meanwhile is passed over; the next run sees the difference. In order, so that rows side by
      // side in an index are written side by side: in the order of the groups each went to another leaf of the one by user.
      await tx.run(sql`
        insert or ignore into group_members (group_id, user_id)
        select groups.id, users.id
        from json_each(${pairs(members)}) as list cross join groups cross join json_each(list.value ->> 1) as member cross join users
        where groups.id = list.value ->> 0 and groups.source is ${source} and users.id = member.value
        order by users.id, groups.id`)
    },
    async removeMembers(tx: Transaction, members: readonly SourcedMembers[]) {
      await tx.run(sql`
        delete from group_members where (group_id, user_id) in (
          select groups.id, member.value
          from json_each(${pairs(members)}) as list cross join groups cross join json_each(list.value ->> 1) as member
          where groups.id = list.value ->> 0 and groups.source is ${source})`)
    },
  }
}
