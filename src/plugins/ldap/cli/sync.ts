// `pocket-id ldap sync` and `ldap plan`: one run from the terminal, or what one would change, beside a server that may be running.
import { parseArgs } from 'node:util'
import type { Host, RunCommand } from '#core/kernel/plugin.ts'
import { syncInTurn } from '../run.ts'
import { sync } from '../sync.ts'
import { changesCsv } from '../tell/report-csv.ts'
import { textTable } from '../tell/report-text.ts'
import { byCommandLine, forEachDirectory, ldapOf, withBar, workHere } from './host.ts'

const flags = {
  'dry-run': { type: 'boolean' },
  json: { type: 'boolean' },
  csv: { type: 'boolean' },
  'accept-removals': { type: 'boolean' },
} as const

const run: RunCommand = (context) => {
  const { args, print, status, signal } = context
  const { values } = parseArgs({ args: [...args], options: flags })
  const options = {
    signal,
    by: byCommandLine,
    dryRun: values['dry-run'] ?? false,
    removalsAccepted: values['accept-removals'] ?? false,
  }
  return forEachDirectory(context, (values.json || values.csv) ?? false, async (one) => {
    const ldap = withBar(ldapOf(one as unknown as Host), options.dryRun ? 'plan' : 'sync', status)
    const report = await (options.dryRun ? sync(ldap, options) : syncInTurn(ldap, workHere(ldap), options))
    print(values.json ? JSON.stringify(report, null, 2) : values.csv ? changesCsv(report).trimEnd() : textTable(report))
    // Again in one line on standard error, since standard output may have gone to a file.
    const why = report.reasons.join(' ')
    if (report.outcome === 'failed') throw new Error(`The sync failed and changed nothing. ${why}`)
    if (report.outcome === 'refused' && !options.dryRun) throw new Error(`The sync was refused and changed nothing. ${why}`)
  })
}

export default run
