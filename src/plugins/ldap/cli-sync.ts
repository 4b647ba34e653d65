// `pocket-id ldap sync`: one run from the terminal, beside a server that may be running.
import { parseArgs } from 'node:util'
import type { RunCommand } from '#core/kernel/plugin.ts'
import { variable } from './check.ts'
import { textTable } from './report.ts'
import { syncInTurn } from './run.ts'
import { type LdapHost, sync } from './sync.ts'

const flags = { 'dry-run': { type: 'boolean' }, json: { type: 'boolean' }, 'accept-removals': { type: 'boolean' } } as const

const run: RunCommand = async ({ args, host, print, signal }) => {
  const { values } = parseArgs({ args: [...args], options: flags })
  // The command line lends the host of the plugin that owns the command.
  const ldap = host as unknown as LdapHost
  if (!ldap.settings.ldapEnabled)
    throw new Error(`${variable('ldapEnabled')} is off: switch it on before a sync, or try the settings with \`ldap test\`.`)
  const options = { signal, dryRun: values['dry-run'] ?? false, removalsAccepted: values['accept-removals'] ?? false }
  const report = await (options.dryRun
    ? sync(ldap, options)
    : syncInTurn(ldap, { sync: (inTurn) => sync(ldap, inTurn) }, options))
  print(values.json ? JSON.stringify(report, null, 2) : textTable(report))
  if (report.outcome === 'failed') throw new Error(`The sync failed and changed nothing. ${report.reasons.join(' ')}`)
  if (report.outcome === 'refused') throw new Error(`The sync was refused and changed nothing. ${report.reasons.join(' ')}`)
}

export default run
