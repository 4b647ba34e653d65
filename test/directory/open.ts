// Connects as a run does, with the variables that an operator writes, and reads a little.
import { pick } from '#core/kernel/host.ts'
import { resolve } from '#core/settings/resolve.ts'
import { base } from '../../sample/seed.ts'
import type { LdapSettings } from '../../src/plugins/ldap/check.ts'
import { rawAttributes } from '../../src/plugins/ldap/read/map.ts'
import { settings as table } from '../../src/plugins/ldap/settings.ts'
import { type Directory, type DirectoryLimits, defaultLimits, openDirectory } from '../../src/plugins/ldap/wire/directory.ts'

/** The settings that these variables make. @throws Error naming every wrong variable */
export function ldapSettings(environment: Readonly<Record<string, string>>): LdapSettings {
  const { settings, faults } = resolve(table, { environment, files: {}, stored: {} }, false)
  if (faults.length > 0) throw new Error(faults.map(({ field, message }) => `${field}: ${message}`).join(' '))
  return pick(table, settings)
}

export const open = (settings: LdapSettings, limits: Partial<DirectoryLimits> = {}): Promise<Directory> =>
  openDirectory(settings, rawAttributes(settings), new AbortController().signal, { ...defaultLimits, ...limits })

/** Connects, binds, and counts the people it may see below the base of test directories: nobody sees any without being let in. */
export async function peopleSeen(
  environment: Readonly<Record<string, string>>,
  limits: Partial<DirectoryLimits> = {},
): Promise<number> {
  const directory = await open(ldapSettings(environment), limits)
  try {
    const people = { base, scope: 'sub', filter: '(objectClass=inetOrgPerson)', filterKey: 'ldapUserSearchFilter' } as const
    return (await directory.ask({ ...people, attributes: ['1.1'] })).entries.length
  } finally {
    await directory.close()
  }
}
