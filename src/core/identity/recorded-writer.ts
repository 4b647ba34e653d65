// A source's writes, recorded: the same door, and each thing it does can be taken back.
import { sql } from 'drizzle-orm'
import type { Clock } from '../clock.ts'
import type { Transaction } from '../db/client.ts'
import { createRecorder, type Key, type Recorder } from '../db/recorder.ts'
import type { SourcedMembers, SourceWriter } from './source-writer.ts'

/** What of a row its source decides. The digest is left out: whoever takes something back sets it to null, so that the source looks again. */
const sourcedColumns = {
  users: [
    ...['username', 'email', 'email_verified', 'first_name', 'last_name', 'display_name'],
    ...['is_admin', 'source_disabled', 'source', 'external_id', 'source_claims'],
  ],
  groups: ['name', 'friendly_name', 'source', 'external_id'],
} as const

/** The key of a membership. */
const membership = ['group_id', 'user_id'] as const
/** Whoever comes back signs in again. */
const notKept: ReadonlySet<string> = new Set(['sessions'])

/** A recorder for changes of users, groups and memberships. */
export const accountRecorder = (changeset: string, clock: Clock): Recorder => createRecorder(changeset, clock, notKept)

/** Wraps a writer, so that everything it does is part of the recorder's changeset. */
export function recordedWriter(source: string, writer: SourceWriter, recorder: Recorder): SourceWriter {
  // What goes with a row that this changeset makes needs no entry of its own.
  const made = new Set<string>()
  const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id)
  const users = (tx: Transaction, changed: readonly string[], write: () => Promise<void>) =>
    recorder.updating(tx, 'users', sourcedColumns.users, changed, write)
  const groups = (tx: Transaction, changed: readonly string[], write: () => Promise<void>) =>
    recorder.updating(tx, 'groups', sourcedColumns.groups, changed, write)
  const owned = sql`t0.source is ${source}`
  return {
    async createUsers(tx, rows) {
      await writer.createUsers(tx, rows)
      await recorder.inserted(tx, 'users', ['id'], keysOf(rows))
    },
    adoptUsers: (tx, rows) => users(tx, ids(rows), () => writer.adoptUsers(tx, rows)),
    async returnUsers(tx, rows) {
      await writer.returnUsers(tx, rows)
      await recorder.inserted(tx, 'users', ['id'], keysOf(rows))
    },
    updateUsers: (tx, rows) => users(tx, ids(rows), () => writer.updateUsers(tx, rows)),
    setStanding: (tx, rows) => users(tx, ids(rows), () => writer.setStanding(tx, rows)),
    parkUsers: (tx, rows) => users(tx, rows, () => writer.parkUsers(tx, rows)),
    async removeUsers(tx, rows) {
      await recorder.removing(tx, 'users', rows, owned)
      await writer.removeUsers(tx, rows)
    },
    async createGroups(tx, rows) {
      await writer.createGroups(tx, rows)
      for (const { id } of rows) made.add(id)
      await recorder.inserted(tx, 'groups', ['id'], keysOf(rows))
    },
    async returnGroups(tx, rows) {
      await writer.returnGroups(tx, rows)
      for (const { id } of rows) made.add(id)
      await recorder.inserted(tx, 'groups', ['id'], keysOf(rows))
    },
    updateGroups: (tx, rows) => groups(tx, ids(rows), () => writer.updateGroups(tx, rows)),
    parkGroups: (tx, rows) => groups(tx, rows, () => writer.parkGroups(tx, rows)),
    async removeGroups(tx, rows) {
      await recorder.removing(tx, 'groups', rows, owned)
      await writer.removeGroups(tx, rows)
    },
    setGroupDigests: writer.setGroupDigests,
    moveGroups: writer.moveGroups,
    async addMembers(tx, members) {
      await writer.addMembers(tx, members)
      await recorder.inserted(tx, 'group_members', membership, pairs(members.filter(({ groupId }) => !made.has(groupId))))
    },
    async removeMembers(tx, members) {
      await recorder.deleting(tx, 'group_members', membership, pairs(members))
      await writer.removeMembers(tx, members)
    },
  }
}

const keysOf = (rows: readonly { readonly id: string }[]): readonly Key[] => rows.map(({ id }) => [id])
const pairs = (members: readonly SourcedMembers[]): readonly Key[] =>
  members.flatMap(({ groupId, userIds }) => userIds.map((userId) => [groupId, userId]))
