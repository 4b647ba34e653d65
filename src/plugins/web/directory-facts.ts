// What the directory page shows on top: how many people and groups came from there, and how the last runs went.
import { and, count, eq, or, type SQL } from 'drizzle-orm'
import { groups, users } from '#core/db/tables.ts'
import {
  type Directory,
  type DirectoryFreshness,
  type DirectoryInsight,
  type DirectoryOrigins,
  type DirectoryProgress,
  type DirectoryReport,
  directory,
  directoryInsight,
  directoryOrigins,
} from '#core/directory-ports.ts'
import type { Host } from '#core/kernel/plugin.ts'

export interface DirectoryFacts {
  readonly users: number
  readonly admins: number
  readonly disabled: number
  readonly allUsers: number
  readonly groups: number
  readonly allGroups: number
  /** How new what is here is; undefined where the plugin does not say. */
  readonly freshness: DirectoryFreshness | undefined
  /** The run that goes on now. */
  readonly progress: DirectoryProgress | undefined
  /** Newest first; empty before the first one. */
  readonly runs: readonly DirectoryReport[]
}

const runsAsked = 48

/** One directory as the page works with it. */
export interface ChosenDirectory {
  /** The plugin, or its copy, that declares the settings. */
  readonly owner: string
  /** Undefined while it is off. */
  readonly directory: Directory | undefined
  readonly insight: DirectoryInsight | undefined
}

const firstOwner = 'ldap'

/** Every directory that is on, by name. */
export const directorySources = (host: Host): readonly string[] => host.seekAll(directory).map(({ source }) => source)

/** The one with this name, or the first; its copies are named after their plugin. */
export function chosenDirectory(host: Host, source: string | undefined): ChosenDirectory {
  const all = host.seekAll(directory)
  const at = Math.max(
    0,
    all.findIndex((one) => one.source === source),
  )
  // Each copy offers both, and copies are asked in one order.
  return { owner: all[at]?.source ?? firstOwner, directory: all[at], insight: host.seekAll(directoryInsight)[at] }
}

/** The directory that says where the fields of its rows come from; undefined for what is edited here, and while it is off. */
export const originsOf = (host: Host, source: string | null): DirectoryOrigins | undefined =>
  host.seekAll(directoryOrigins).find((origins) => origins.source === source)

/** Undefined while the directory is off. */
export async function directoryFacts(host: Host, chosen: ChosenDirectory): Promise<DirectoryFacts | undefined> {
  const source = chosen.directory?.source
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
    freshness: await chosen.insight?.freshness(),
    progress: chosen.insight?.progress(),
    runs: (await chosen.insight?.runs(runsAsked)) ?? [],
  }
}
