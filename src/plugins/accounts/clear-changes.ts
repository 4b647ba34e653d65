// What a directory that is switched off kept, so that its runs could be taken back, goes in time: nobody else would clear it.
import { sql } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { forgetChanges } from '#core/db/forget.ts'
import { directory } from '#core/directory-ports.ts'
import type { AccountsHost } from './wire.ts'

/** A directory forgets what it no longer can take back. One that is switched off does not, so what is left of it goes after this long. */
const keptDays = 30

export async function clearChanges({ db, clock, seekAll }: Pick<AccountsHost, 'db' | 'clock' | 'seekAll'>, signal: AbortSignal) {
  const awake = JSON.stringify(seekAll(directory).map(({ source }) => source))
  // A changeset is called after its source: `ldap-2:17`.
  const asleep = sql`substr(changeset, 1, instr(changeset, ':') - 1) not in (select value from json_each(${awake}))`
  return { forgotten: await forgetChanges(db, asleep, inSeconds(clock, -keptDays * 24 * 3600), signal) }
}
