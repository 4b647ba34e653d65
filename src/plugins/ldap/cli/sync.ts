// `pocket-id ldap sync` and `ldap plan`: one run from the terminal, or what one would change, beside a server that may be running.
import { parseArgs } from 'node:util'
import type { Host, RunCommand } from '#core/kernel/plugin.ts'
import { syncInTurn } from '../run.ts'
import { sourceOf } from '../source.ts'
import { type SyncHost, sync } from '../sync.ts'
import { wholeList } from '../tell/long-lists.ts'
import type { SyncReport } from '../tell/report.ts'
import { changesSheet } from '../tell/report-csv.ts'
import { textTable } from '../tell/report-text.ts'
import { byCommandLine, forEachDirectory, ldapOf, printSheet, withBar, workHere } from './host.ts'

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
    if (values.csv) await printSheet(print, changesSheet, allChanges(ldap, report))
    else print(values.json ? JSON.stringify(report, null, 2) : textTable(report))
    // Again in one line on standard error, since standard output may have gone to a file.
    const why = report.reasons.join(' ')
    if (report.outcome === 'failed') throw new Error(`The sync failed and changed nothing. ${why}`)
    if (report.outcome === 'refused' && !options.dryRun) throw new Error(`The sync was refused and changed nothing. ${why}`)
  })
}

/** A plan that waits is kept whole, and so is a run that wrote; of the others the report is all there is. */
async function* allChanges(ldap: SyncHost, { changes, plan, run }: SyncReport): AsyncGenerator<SyncReport['changes']> {
  const owner = plan !== null ? { source: sourceOf(ldap), plan } : run !== null ? { run } : undefined
  if (!owner) yield changes
  else for await (const part of wholeList(ldap.db, owner, 'changes', changes)) yield [...part]
}

export default run
