// How long changes take: a run over a database that a server filled, in this process, so that a look which finds nothing can be timed.
import { migrate } from '#core/db/migrate.ts'
import { layGround } from '#core/kernel/ground.ts'
import { pick } from '#core/kernel/host.ts'
import { coreSettings } from '#core/settings/core-settings.ts'
import type { OpenLdap } from '../sample/openldap.ts'
import { knownPlugins } from '../src/boot.ts'
import { type Memory, peek } from '../src/plugins/ldap/changes/reading.ts'
import { settings } from '../src/plugins/ldap/settings.ts'
import { type LdapHost, sync, syncChanges } from '../src/plugins/ldap/sync.ts'
import { tenFiveFive } from './directory-work.ts'
import { median } from './measure.ts'

export interface ChangeFigures {
  /** Nothing changed: connect, sign in, ask, hang up. */
  readonly nothing: number
  /** Ten modified, five added, five deleted, until they are committed. */
  readonly twenty: number
}

export async function measureChanges(
  directory: OpenLdap,
  environment: Readonly<Record<string, string>>,
  users: number,
): Promise<ChangeFigures> {
  const plugins = await knownPlugins(environment)
  const ground = await layGround({ environment, plugins, write: () => {}, quiet: true })
  try {
    await migrate(ground.db, 'ldap', new URL('../src/plugins/ldap/migrations/', import.meta.url))
    const values = ground.resolution.settings
    const events = { publish: () => {} }
    const host = { ...ground, instance: 1, core: pick(coreSettings, values), settings: pick(settings, values), events }
    return await measure(directory, host as unknown as LdapHost, users)
  } finally {
    await ground.db.close()
  }
}

async function measure(directory: OpenLdap, host: LdapHost, users: number): Promise<ChangeFigures> {
  const memory: Memory = {}
  const { signal } = new AbortController()
  const whole = await sync(host, { signal }, memory)
  if (whole.outcome !== 'applied') throw new Error(whole.reasons.join(' '))
  const timed = async (work: () => Promise<unknown>) => {
    const begun = performance.now()
    await work()
    return performance.now() - begun
  }
  const nothing: number[] = []
  for (let round = 0; round < 20; round++) nothing.push(await timed(() => peek(host, signal, memory)))
  const twenty: number[] = []
  for (let round = 0; round < 7; round++) {
    await directory.modify(tenFiveFive(round, users))
    twenty.push(
      await timed(async () => {
        const report = await syncChanges(host, { signal }, memory)
        const counts = report?.counts
        if (report?.scope !== 'changes' || counts?.created !== 5 || counts.updated !== 10 || counts.disabled !== 5)
          throw new Error(`A round of changes came out as ${JSON.stringify(counts)} ${report?.reasons.join(' ')}`)
      }),
    )
  }
  return { nothing: median(nothing), twenty: median(twenty) }
}
