// `pocket-id ldap test`: tries the settings, also while LDAP is off.
import { parseArgs } from 'node:util'
import type { RunCommand } from '#core/kernel/plugin.ts'
import { type ProbeStep, probe } from '../tell/probe.ts'
import { printable } from '../tell/report-text.ts'
import { forEachDirectory } from './host.ts'

const run: RunCommand = (context) => {
  const { args, print, signal } = context
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } })
  const show = ({ name, ok, warn, milliseconds, detail }: ProbeStep) =>
    print(
      printable(`${ok ? (warn ? 'look' : 'ok  ') : 'FAIL'}  ${name.padEnd(10)} ${`${milliseconds} ms`.padStart(8)}  ${detail}`),
    )
  return forEachDirectory(context, values.json ?? false, async (ldap) => {
    const report = await probe(ldap, signal, values.json ? undefined : show)
    if (values.json) print(JSON.stringify(report, null, 2))
    const failed = report.steps.find(({ ok }) => !ok)
    if (failed) throw new Error(failed.detail)
  })
}

export default run
