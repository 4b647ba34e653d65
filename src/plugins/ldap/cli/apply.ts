// `pocket-id ldap apply <plan>`: carries out the plan that was shown, provided that it is still what a sync would do.
import { parseArgs } from 'node:util'
import type { RunCommand } from '#core/kernel/plugin.ts'
import { applyPlan } from '../run.ts'
import { textTable } from '../tell/report-text.ts'
import { byCommandLine, ldapOf, withBar, workHere } from './host.ts'

const run: RunCommand = async ({ args, host, print, status, signal }) => {
  const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options: { json: { type: 'boolean' } } })
  const [hash] = positionals
  if (!hash || positionals.length > 1) throw new Error('Name one plan: `ldap apply <plan>`. `ldap plan` makes one and shows it.')
  const ldap = withBar(ldapOf(host), 'sync', status)
  const report = await applyPlan(ldap, workHere(ldap), hash, byCommandLine, signal)
  print(values.json ? JSON.stringify(report, null, 2) : textTable(report))
  if (report.outcome !== 'applied') throw new Error('The plan was not applied.')
}

export default run
