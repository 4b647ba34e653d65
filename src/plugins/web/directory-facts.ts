// What the directory page shows on top: how many people and groups came from there, and how the last runs went.
import { and, count, eq, or, type SQL } from 'drizzle-orm'
import { groups, users } from '#core/db/tables.ts'
import { type DirectoryReport, directory, directoryInsight } from '#core/directory-ports.ts'
import type { Host } from '#core/kernel/plugin.ts'

export interface DirectoryFacts {
  readonly users: number
  readonly admins: number
  readonly disabled: number
  readonly allUsers: number
  readonly groups: number
  readonly allGroups: number
  /** Newest first; empty before the first one. */
  readonly runs: readonly DirectoryReport[]
}

const runsAsked = 48

/** Undefined while no directory is switched on. */
export async function directoryFacts(host: Host): Promise<DirectoryFacts | undefined> {
  const source = host.seek(directory)?.source
  if (source === undefined) return undefined
  const { read } = host.db
  const people = async (where?: SQL) => (await read.select({ total: count() }).from(users).where(where))[0]?.total ?? 0
  const teams = async (where?: SQL) => (await read.select({ total: count() }).from(groups).where(where))[0]?.total ?? 0
  const synced = eq(users.source, source)
  return {
    users: await people(synced),
    admins: await people(and(synced, eq(users.isAdmin, true))),
    disabled: await people(and(synced, or(eq(users.disabled, true), eq(users.sourceDisabled, true)))),
    allUsers: await people(),
    groups: await teams(eq(groups.source, source)),
    allGroups: await teams(),
    runs: (await host.seek(directoryInsight)?.runs(runsAsked)) ?? [],
  }
}
