// `pocket-id ldap runs`: what past runs did, one in full, and the plans that wait.
import { parseArgs } from 'node:util'
import type { RunCommand } from '#core/kernel/plugin.ts'
import { livePlans } from '../plan/plans.ts'
import { sourceOf } from '../source.ts'
import { wholeList } from '../tell/long-lists.ts'
import { problemsOf } from '../tell/report.ts'
import { problemsSheet } from '../tell/report-csv.ts'
import { summary, textTable } from '../tell/report-text.ts'
import { findRun, type KeptRun, latestRuns } from '../tell/runs.ts'
import { directoryState } from '../tell/state.ts'
import { ldapOf, printSheet } from './host.ts'

const shown = 20
const options = { json: { type: 'boolean' }, csv: { type: 'boolean' } } as const

const run: RunCommand = async ({ args, host, print }) => {
  const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options })
  const ldap = ldapOf(host)
  const source = sourceOf(ldap)
  if (positionals.length > 0) {
    const found = await findRun(ldap.db, source, Number(positionals[0]))
    if (!found) throw new Error(`There is no run ${positionals[0]}. \`ldap runs\` lists them.`)
    if (values.csv)
      return printSheet(print, problemsSheet, wholeList(ldap.db, { run: found.id }, 'problems', problemsOf(found.report)))
    return print(values.json ? JSON.stringify(found, null, 2) : `${line(found)}\n${textTable(found.report)}`)
  }
  const runs = await latestRuns(ldap.db, source, shown)
  const plans = await livePlans(ldap.db, ldap.clock, source)
  const state = await directoryState(ldap)
  if (values.json) return print(JSON.stringify({ runs, plans, state }, null, 2))
  for (const one of runs) print(line(one))
  if (runs.length === 0) print('No run yet.')
  for (const { hash, expiresAt } of plans) print(`Plan ${hash} waits until ${expiresAt.toISOString()}: \`ldap apply ${hash}\`.`)
  print(
    `Last good run: ${state.lastGoodAt?.toISOString() ?? 'none'}. While the server runs, the next one begins at ${state.nextRunAt.toISOString()}.`,
  )
}

function line({ id, kind, finishedAt, repeats, by, undoable, undoneBy, undoes, report }: KeptRun): string {
  const who = by.name ?? by.how
  const times = repeats > 1 ? ` (${repeats} times)` : ''
  const fate = undoneBy === null ? (undoable ? ` [ldap undo ${id}]` : '') : ` [undone by run ${undoneBy}]`
  const what = kind === 'undo' ? `undo of run ${undoes}` : report.outcome
  return `${String(id).padStart(5)}  ${finishedAt.toISOString()}  ${what}${times}, ${who}: ${summary(report)}${fate}`
}

export default run
