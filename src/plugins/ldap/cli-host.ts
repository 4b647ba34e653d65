// What the commands of this plugin share: the host as they know it, and who they act for.

import type { Initiator } from '#core/directory-ports.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { variable } from './check.ts'
import { type LdapHost, sync } from './sync.ts'
import type { Work } from './thread.ts'

export const byCommandLine: Initiator = { how: 'command line', userId: null, name: null }

/** The command line lends the host of the plugin that owns the command. @throws Error while LDAP is off */
export function ldapOf(host: Host): LdapHost {
  const ldap = host as unknown as LdapHost
  if (!ldap.settings.ldapEnabled)
    throw new Error(`${variable('ldapEnabled')} is off: switch it on first, or try the settings with \`ldap test\`.`)
  return ldap
}

/** A command is a process of its own already: the run needs no thread. */
export const workHere = (ldap: LdapHost): Pick<Work, 'sync'> => ({ sync: (options) => sync(ldap, options) })
