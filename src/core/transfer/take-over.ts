// Another product's export becomes rows of ours: core's first, then each plugin's, then what nobody could take.
import { sql } from 'drizzle-orm'
import type { Host, Plugin } from '../kernel/plugin.ts'
import type { SettingsStore } from '../settings/store.ts'
import { takeOverPeople } from './people.ts'
import type { Predecessor, TakenOver } from './predecessor.ts'

export interface Heir {
  readonly plugins: readonly Plugin[]
  readonly lend: (plugin: Plugin) => Host
  /** A host for what core takes. */
  readonly core: Host
  readonly store: SettingsStore
  /** Whether a setting may have a value; what it has anyway (`usual`) need not be stored. */
  judge(key: string, value: string): 'fits' | 'usual' | 'does not fit' | 'unknown'
}

/** Tables of core's own, and those whose rows end with the old product: sessions, locks, migrations. */
const ours = [
  ...['users', 'user_groups', 'user_groups_users', 'custom_claims'],
  ...['app_config_variables', 'storage', 'schema_migrations', 'kv'],
]

/** @returns sentences about what did not move. @throws when a row does not fit; then what was made is of no use */
export async function takeOver(from: Predecessor, heir: Heir): Promise<readonly string[]> {
  const notes = [...from.notes]
  const settings: Record<string, string> = {}
  const renamed: Record<string, string> = {}
  const add = (taken: TakenOver) => {
    notes.push(...(taken.notes ?? []))
    Object.assign(settings, taken.settings)
  }
  add(await takeOverPeople(from, heir.core))
  const known = new Set(ours)
  for (const plugin of heir.plugins) {
    if (!plugin.succeeds || plugin.copy) continue
    for (const table of plugin.succeeds.tables) known.add(table)
    Object.assign(renamed, plugin.succeeds.settings)
    const loaded = await plugin.succeeds.load?.()
    if (loaded) add(await loaded.takeOver(from, heir.lend(plugin)))
  }
  add(await takeOverPictures(from, heir.core))
  add(takeOverSettings(from, heir, settings, renamed))
  await heir.store.save(settings)
  for (const table of from.tables) {
    const count = from.rows(table).length
    if (!known.has(table) && count > 0) notes.push(`The table ${table} (${count} rows) is not known here and stays behind.`)
  }
  return notes
}

/** What the old one names for itself, and nobody set. */
const inward = new Set(['instanceId'])

function takeOverSettings(
  from: Predecessor,
  { judge }: Heir,
  settings: Record<string, string>,
  renamed: Readonly<Record<string, string>>,
): TakenOver {
  const unknown: string[] = []
  const unfit: string[] = []
  for (const { key: called, value } of from.rows('app_config_variables')) {
    if (typeof called !== 'string' || typeof value !== 'string' || value === '' || inward.has(called)) continue
    const key = renamed[called] ?? called
    const verdict = judge(key, value)
    if (verdict === 'fits') settings[key] ??= value
    else if (verdict !== 'usual') (verdict === 'unknown' ? unknown : unfit).push(key)
  }
  const notes: string[] = []
  if (unknown.length > 0) notes.push(`Settings that are not known here stay behind: ${unknown.join(', ')}.`)
  if (unfit.length > 0) notes.push(`Settings whose values do not fit here have their defaults: ${unfit.join(', ')}.`)
  return { notes }
}

/** Pictures of people: drawn anew, as all are. A plugin may have taken one for its source before. */
async function takeOverPictures(from: Predecessor, { db, pictures, profilePictures }: Host): Promise<TakenOver> {
  const lacking = await db.read.all<{ id: string }>(
    sql`select id from users where id not in (select user_id from profile_pictures)`,
  )
  const ids = new Set(lacking.map(({ id }) => id))
  let unreadable = 0
  for (const name of from.files) {
    const [, id = ''] = /^profile-pictures\/([^/]+)\.\w+$/.exec(name) ?? []
    if (!ids.has(id)) continue
    const redrawn = await pictures.square(await from.file(name))
    if (redrawn.kind === 'drawn') await profilePictures.put(id, 'own', redrawn)
    else unreadable++
  }
  return unreadable === 0 ? {} : { notes: [`${unreadable} pictures of people cannot be read and stay behind.`] }
}
