// Pure: a few entries -> how often each attribute occurs, what else the directory may call it, which values occur twice.
import type { LdapKey, LdapSettings } from '../check.ts'
import { type Entry, values } from '../wire/entry.ts'

/** What an attribute is for, by its setting, and what directories call it. */
const known: Partial<Readonly<Record<LdapKey, readonly string[]>>> = {
  ldapAttributeUserUniqueIdentifier: ['entryUUID', 'objectGUID', 'uuid', 'nsUniqueId', 'ipaUniqueID', 'GUID'],
  ldapAttributeUserUsername: ['uid', 'sAMAccountName', 'userPrincipalName', 'name', 'cn'],
  ldapAttributeUserEmail: ['mail', 'userPrincipalName', 'mailPrimaryAddress', 'email'],
  ldapAttributeUserFirstName: ['givenName', 'gn'],
  ldapAttributeUserLastName: ['sn', 'surname'],
  ldapAttributeUserDisplayName: ['displayName', 'cn', 'gecos', 'name'],
}

const inUse = (settings: LdapSettings): readonly (readonly [string, readonly string[]])[] =>
  (Object.keys(known) as LdapKey[]).flatMap((key) => {
    const name = String(settings[key])
    return name === '' ? [] : [[name, known[key] ?? []] as const]
  })

/** The attributes to ask a sample for: what is set, and what it may be called instead. */
export const sampledAttributes = (settings: LdapSettings): readonly string[] => [
  ...new Set(inUse(settings).flatMap(([name, others]) => [name, ...others])),
]

/** `mail 98 %, email 0 %: did you mean mail?` */
export function describeFill(entries: readonly Entry[], settings: LdapSettings): string {
  const percent = (name: string) => share(entries.filter((entry) => values(entry, name).length > 0).length, entries.length)
  return inUse(settings)
    .map(([name, others]) => {
      const filled = percent(name)
      const better = others.find((other) => other.toLowerCase() !== name.toLowerCase() && percent(other) > 50)
      return `${name} ${filled} %${filled === 0 && better !== undefined ? ` (did you mean ${better}?)` : ''}`
    })
    .join(', ')
}

/** Whole percent; of nothing all of it is there. */
export const share = (part: number, all: number): number => (all === 0 ? 100 : Math.floor((part / all) * 100))

/** Values that more than one has, a few of them by name. */
export function repeated(list: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const value of list) {
    if (seen.has(value)) twice.add(value)
    seen.add(value)
  }
  return [...twice]
}
