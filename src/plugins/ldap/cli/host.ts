// What the commands of this plugin share: the directories as they know them, and who they act for.

import type { Initiator } from '#core/directory-ports.ts'
import type { CommandContext, Host } from '#core/kernel/plugin.ts'
import { variable } from '../check.ts'
import { inWordsOf, sourceOf } from '../source.ts'
import { type LdapHost, type SyncHost, sync } from '../sync.ts'
import { barOf, type ProgressKind, percentOf, type Step, seldom } from '../tell/progress.ts'
import type { Sheet } from '../tell/report-csv.ts'
import type { Work } from '../thread.ts'
import { undoRun } from '../write/undo.ts'

export const byCommandLine: Initiator = { how: 'command line', userId: null, name: null }

/** The command line lends the host of the plugin that owns the command. @throws Error while LDAP is off */
export function ldapOf(host: Host): LdapHost {
  const ldap = host as unknown as LdapHost
  if (!ldap.settings.ldapEnabled)
    throw new Error(
      `${inWordsOf(ldap, variable('ldapEnabled'))} is off: switch it on first, or try the settings with \`ldap test\`.`,
    )
  return ldap
}

/**
 * Does something for each directory that is on; with none on, for the one that was named or comes first. Of several each is
 * named above what it says, and one that fails does not keep the others from their turn.
 *
 * @throws Error with every sentence of those that failed
 */
export async function forEachDirectory(
  { host, hosts, print }: Pick<CommandContext, 'host' | 'hosts' | 'print'>,
  quiet: boolean,
  work: (ldap: LdapHost) => Promise<void>,
): Promise<void> {
  const all = hosts as unknown as readonly LdapHost[]
  const on = all.filter(({ settings }) => settings.ldapEnabled)
  const chosen = on.length > 0 ? on : [host as unknown as LdapHost]
  const failures: string[] = []
  for (const ldap of chosen) {
    if (chosen.length > 1 && !quiet) print(`${sourceOf(ldap)}:`)
    try {
      await work(ldap)
    } catch (error) {
      if (chosen.length === 1 || !(error instanceof Error)) throw error
      failures.push(`${sourceOf(ldap)}: ${error.message}`)
    }
  }
  if (failures.length > 0) throw new Error(failures.join(' '))
}

/** A spreadsheet, a part at a time. */
export async function printSheet<T>(
  print: CommandContext['print'],
  sheet: Sheet<T>,
  parts: AsyncIterable<readonly T[]>,
): Promise<void> {
  // What is printed gets the end of its last line; CRLF is the spreadsheet's (RFC 4180).
  const line = (text: string) => text.replace(/\n$/, '')
  print(line(sheet.head))
  for await (const part of parts) if (part.length > 0) print(line(sheet.lines(part)))
}

/** A directory whose runs are seen on the terminal. */
export function withBar(ldap: LdapHost, kind: ProgressKind, status: CommandContext['status']): SyncHost {
  let percent = 0
  const tell = (step: Step) => {
    percent = Math.max(percent, percentOf(kind, step))
    status(barOf(percent, step))
  }
  return { ...ldap, tell: seldom(tell, () => performance.now()) }
}

/** A command is a process of its own already: the run needs no thread. */
export const workHere = (ldap: SyncHost): Pick<Work, 'sync' | 'undo'> => ({
  sync: (options) => sync(ldap, options),
  undo: (options) => undoRun(ldap, options),
})
