// `pocket-id ldap test`: tries the settings, also while LDAP is off.
import { parseArgs } from 'node:util'
import type { RunCommand } from '#core/kernel/plugin.ts'
import { type ProbeStep, probe } from './probe.ts'
import { printable } from './report-text.ts'
import type { LdapHost } from './sync.ts'

const run: RunCommand = async ({ args, host, print, signal }) => {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } })
  const show = ({ name, ok, warn, milliseconds, detail }: ProbeStep) =>
    print(
      printable(`${ok ? (warn ? 'look' : 'ok  ') : 'FAIL'}  ${name.padEnd(10)} ${`${milliseconds} ms`.padStart(8)}  ${detail}`),
    )
  // The command line lends the host of the plugin that owns the command.
  const report = await probe(host as unknown as LdapHost, signal, values.json ? undefined : show)
  if (values.json) print(JSON.stringify(report, null, 2))
  const failed = report.steps.find(({ ok }) => !ok)
  if (failed) throw new Error(failed.detail)
}

export default run
