// `pocket-id ldap undo <run>`: takes back what a run changed.
import { parseArgs } from 'node:util'
import type { RunCommand } from '#core/kernel/plugin.ts'
import { undoInTurn } from '../run.ts'
import { textTable } from '../tell/report-text.ts'
import { byCommandLine, ldapOf, withBar, workHere } from './host.ts'

const run: RunCommand = async ({ args, host, print, status, signal }) => {
  const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options: { json: { type: 'boolean' } } })
  const number = positionals.length === 1 && /^\d{1,15}$/.test(positionals[0] ?? '') ? Number(positionals[0]) : undefined
  if (number === undefined) throw new Error('Name one run by its number: `ldap undo <run>`. `ldap runs` lists them.')
  const ldap = withBar(ldapOf(host), 'undo', status)
  const report = await undoInTurn(ldap, workHere(ldap), { run: number, by: byCommandLine, signal })
  print(values.json ? JSON.stringify(report, null, 2) : textTable(report))
  print(`The next run is held until an administrator applies its plan. \`ldap undo ${report.run}\` takes this back.`)
}

export default run
