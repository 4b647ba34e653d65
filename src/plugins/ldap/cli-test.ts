// `pocket-id ldap test`: tries the settings, also while LDAP is off.
import { parseArgs } from 'node:util'
import type { RunCommand } from '#core/kernel/plugin.ts'
import { probe } from './probe.ts'
import type { LdapHost } from './sync.ts'

const run: RunCommand = async ({ args, host, print, signal }) => {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' } } })
  // The command line lends the host of the plugin that owns the command.
  const report = await probe(host as unknown as LdapHost, signal)
  if (values.json) print(JSON.stringify(report, null, 2))
  else
    for (const step of report.steps)
      print(`${step.ok ? 'ok  ' : 'FAIL'}  ${step.name.padEnd(16)} ${`${step.milliseconds} ms`.padStart(8)}  ${step.detail}`)
  const failed = report.steps.find(({ ok }) => !ok)
  if (failed) throw new Error(failed.detail)
}

export default run
