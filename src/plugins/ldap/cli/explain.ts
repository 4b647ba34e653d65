// `pocket-id ldap explain ada`: why somebody is or is not here, in a group, an administrator.
import { parseArgs } from 'node:util'
import type { RunCommand } from '#core/kernel/plugin.ts'
import type { LdapHost } from '../sync.ts'
import { explain } from '../tell/explain.ts'
import { printable } from '../tell/report-text.ts'

const flags = { group: { type: 'string' }, json: { type: 'boolean' } } as const
const marks = { yes: 'yes ', no: 'NO  ', note: '    ' } as const

const run: RunCommand = async ({ args, host, print, signal }) => {
  const { values, positionals } = parseArgs({ args: [...args], options: flags, allowPositionals: true })
  const [user] = positionals
  if (user === undefined || positionals.length > 1) {
    throw new Error('Name one person: pocket-id ldap explain <user name, e-mail or DN> [--group <name>]')
  }
  // The command line lends the host of the plugin that owns the command.
  const findings = await explain(host as unknown as LdapHost, { user, group: values.group }, signal)
  if (values.json) print(JSON.stringify({ findings }, null, 2))
  else for (const { about, verdict, detail } of findings) print(printable(`${marks[verdict]}  ${about.padEnd(13)}  ${detail}`))
  // That somebody is not there is an answer; that nobody could be asked is none.
  if (findings.some(({ about, verdict }) => about === 'directory' && verdict === 'no'))
    throw new Error('The directory did not answer.')
}

export default run
