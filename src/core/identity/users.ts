// People: reads, and writes that take what the edit-guard admitted.
import { and, asc, eq, or, sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import { newId } from '../crypto.ts'
import type { Database, Transaction } from '../db/client.ts'
import { groupMembers, groups, sessions, users } from '../db/tables.ts'
import { uniqueViolation } from '../db/violations.ts'
import { alreadyInUse } from '../errors.ts'
import type { Events, Facts } from '../events.ts'
import { type ListColumns, type ListQuery, listParts, type Page, pageFrom } from '../http/listing.ts'
import { type GroupRow, isDisabled, type UserRow } from './actor.ts'
import { changesOf } from './changes.ts'
import { identityErrors } from './errors.ts'
import type { AdmittedRemoval, AdmittedUser, UserPatch } from './ownership.ts'
import type { UserSearch } from './user-search.ts'

/** A new account that is edited here. What is left out takes the table's default. */
export type NewUser = UserPatch & Pick<UserRow, 'username'> & { readonly id?: string }

/** Writes what belongs to a new account, and says how the account came to be where somebody made it for himself. */
export type Along = (tx: Transaction, userId: string) => Promise<Facts['user.created']['by']>

export interface Users {
  find(id: string): Promise<UserRow | undefined>
  /** @throws AppError user_not_found */
  get(id: string): Promise<UserRow>
  /** By user name or e-mail address, without regard to case. */
  findByLogin(login: string): Promise<UserRow | undefined>
  /** Without regard to case. A user name that looks like the address is somebody else's matter. */
  findByEmail(email: string): Promise<UserRow | undefined>
  list(query: ListQuery): Promise<Page<UserRow>>
  /** Everybody. */
  count(): Promise<number>
  /** Says that somebody may search soon (identity/user-search.ts). */
  prepareSearch(): Promise<void>
  groupsOf(userId: string): Promise<readonly GroupRow[]>
  /** Whether anybody may administer this instance; without one, /setup is open. */
  adminExists(): Promise<boolean>
  /**
   * @param along what belongs to the account, written in the same transaction: what it throws leaves nothing behind
   * @throws AppError already_in_use naming the property
   */
  create(user: NewUser, actorId: string | null, along?: Along): Promise<UserRow>
  /**
   * Makes the first administrator; undefined when somebody already is one. Asked and written in one transaction, so of two
   * at once one wins. @throws AppError already_in_use naming the property
   */
  createFirstAdmin(user: NewUser): Promise<UserRow | undefined>
  /**
   * Writes what was admitted. The condition is repeated in the statement, so a sync that ran in between is not overwritten.
   * @throws AppError user_not_found when the row is gone or has changed its owner, already_in_use naming the property,
   *   last_admin when nobody who may administer would be left
   */
  update(user: AdmittedUser, actorId: string | null): Promise<UserRow>
  /**
   * Notes that this address was proven to be the user's. That is a fact, no edit, so it holds for rows of a source too.
   * False when the user has another address by now.
   */
  confirmEmail(userId: string, email: string): Promise<boolean>
  /** @throws AppError last_admin when nobody who may administer would be left */
  remove(user: AdmittedRemoval<UserRow>, actorId: string | null): Promise<void>
}

const disabled = sql<boolean>`(${users.disabled} or ${users.sourceDisabled})`
const rowNumber = sql`${users}.rowid`
const columns: ListColumns = {
  sortable: {
    username: users.username,
    email: users.email,
    emailVerified: users.emailVerified,
    firstName: users.firstName,
    lastName: users.lastName,
    displayName: users.displayName,
    isAdmin: users.isAdmin,
    disabled,
    createdAt: users.createdAt,
  },
  filterable: {
    isAdmin: users.isAdmin,
    disabled,
    emailVerified: users.emailVerified,
    username: users.username,
    email: users.email,
    firstName: users.firstName,
    lastName: users.lastName,
    displayName: users.displayName,
  },
  byDefault: users.displayName,
  tie: users.id,
  ties: { username: rowNumber, email: rowNumber, createdAt: rowNumber },
}

export function createUsers(db: Database, events: Events, clock: Clock, search: UserSearch): Users {
  const find = async (id: string) => (await db.read.select().from(users).where(eq(users.id, id)))[0]
  const fresh = (user: NewUser) => {
    const now = clock.now()
    return { ...user, id: user.id ?? newId(), createdAt: now, updatedAt: now }
  }
  return {
    find,
    async get(id) {
      const user = await find(id)
      if (!user) throw identityErrors.refuse('user_not_found')
      return user
    },
    async findByLogin(login) {
      const name = login.trim()
      const found = await db.read
        .select()
        .from(users)
        .where(or(eq(users.username, name), eq(users.email, name)))
        .orderBy(sql`${users.username} = ${name} desc`)
      return found[0]
    },
    async findByEmail(email) {
      return (await db.read.select().from(users).where(eq(users.email, email.trim())))[0]
    },
    async list(query) {
      const parts = listParts(columns, query)
      const filtered = parts.where
      const found = await search.find(query.search)
      const where = and(filtered, found?.where)
      const total = found && !filtered ? await found.total() : await db.read.$count(users, where)
      const at = pageFrom(parts, query, total)
      const data = await db.read
        .select()
        .from(users)
        .where(where)
        .orderBy(...at.orderBy)
        .limit(at.limit)
        .offset(at.offset)
      return { data: at.inOrder(data), pagination: at.pagination }
    },
    count: () => db.read.$count(users),
    prepareSearch: search.prepare,
    async groupsOf(userId) {
      const rows = await db.read
        .select({ group: groups })
        .from(groupMembers)
        .innerJoin(groups, eq(groups.id, groupMembers.groupId))
        .where(eq(groupMembers.userId, userId))
        .orderBy(asc(groups.name))
      return rows.map((row) => row.group)
    },
    async adminExists() {
      const rows = await db.read.select({ id: users.id }).from(users).where(eq(users.isAdmin, true)).limit(1)
      return rows.length > 0
    },
    async create(user, actorId, along) {
      const row = fresh(user)
      const { created, by } = await unique(() =>
        db.write(async (tx) => {
          const [inserted] = await tx.insert(users).values(row).returning()
          return { created: inserted, by: await along?.(tx, row.id) }
        }),
      )
      if (!created) throw identityErrors.refuse('user_not_found')
      events.publish('user.created', { userId: created.id, actorId: by ? created.id : actorId, ...(by ? { by } : {}) })
      return created
    },
    async createFirstAdmin(user) {
      const row = { ...fresh(user), isAdmin: true }
      const created = await unique(() =>
        db.write(async (tx) => {
          const taken = await tx.select({ id: users.id }).from(users).where(eq(users.isAdmin, true)).limit(1)
          return taken.length > 0 ? undefined : (await tx.insert(users).values(row).returning())[0]
        }),
      )
      if (created) events.publish('user.created', { userId: created.id, actorId: created.id })
      return created
    },
    async update({ row, patch }, actorId) {
      if (Object.keys(patch).length === 0) return row
      const updated = await unique(() =>
        db.write(async (tx) => {
          const same = and(eq(users.id, row.id), sql`${users.source} is ${row.source}`)
          const changes = { ...effective(row, patch), sourceDigest: null, updatedAt: clock.now() }
          const [written] = await tx.update(users).set(changes).where(same).returning()
          if (written && isDisabled(written)) await tx.delete(sessions).where(eq(sessions.userId, written.id))
          if (administers(row)) await keepAnAdmin(tx)
          return written
        }),
      )
      if (!updated) throw identityErrors.refuse('user_not_found')
      events.publish('user.updated', { userId: updated.id, actorId, changes: changesOf(row, updated) })
      return updated
    },
    async confirmEmail(userId, email) {
      const owner = and(eq(users.id, userId), eq(users.email, email))
      const changes = { emailVerified: true, sourceDigest: null, updatedAt: clock.now() }
      const unproven = and(owner, eq(users.emailVerified, false))
      const [written] = await db.write((tx) => tx.update(users).set(changes).where(unproven).returning({ id: users.id }))
      if (!written) return (await db.read.select({ id: users.id }).from(users).where(owner)).length > 0
      const emailVerified = { before: 'false', after: 'true' }
      events.publish('user.updated', { userId, actorId: userId, changes: { emailVerified } })
      return true
    },
    async remove({ row }, actorId) {
      await db.write(async (tx) => {
        await tx.delete(users).where(and(eq(users.id, row.id), sql`${users.source} is ${row.source}`))
        if (administers(row)) await keepAnAdmin(tx)
      })
      events.publish('user.removed', { userId: row.id, username: row.username, actorId })
    },
  }
}

const administers = (user: UserRow): boolean => user.isAdmin && !isDisabled(user)

/** Rolls the write back when it would leave nobody who may administer: people would be locked out, and /setup open to strangers. */
async function keepAnAdmin(tx: Transaction): Promise<void> {
  const able = and(eq(users.isAdmin, true), eq(users.disabled, false), eq(users.sourceDisabled, false))
  const left = await tx.select({ id: users.id }).from(users).where(able).limit(1)
  if (left.length === 0) throw identityErrors.refuse('last_admin')
}

/** Enabling an account by hand also lifts what a directory, now switched off, had set. */
function effective(row: UserRow, patch: UserPatch): Partial<UserRow> {
  if (patch.disabled === undefined || patch.disabled === isDisabled(row)) {
    const { disabled: _same, ...rest } = patch
    return rest
  }
  return patch.disabled ? patch : { ...patch, sourceDisabled: false }
}

const properties: Readonly<Record<string, string>> = { 'users.username': 'username', 'users.email': 'email', 'users.id': 'id' }

async function unique<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const property = properties[uniqueViolation(error) ?? '']
    throw property ? alreadyInUse(property) : error
  }
}
