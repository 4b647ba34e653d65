// Which of the configured attributes occur at all: one that no entry has is more likely a typing error than a wish.
import { type LdapKey, type LdapSettings, variable } from '../check.ts'
import type { Directory } from '../wire/directory.ts'
import { type Entry, values } from '../wire/entry.ts'
import { DirectoryFailure } from '../wire/failures.ts'
import { claimAttributes } from './claims.ts'
import { templateAttributes } from './rules.ts'

/** An attribute that a setting names, and what directories usually call it. */
export interface InUse {
  readonly key: LdapKey
  readonly name: string
  readonly hint?: string
}

const ids = 'OpenLDAP has entryUUID, Active Directory objectGUID, lldap uuid, 389 nsUniqueId'
const userHints = {
  ldapAttributeUserUniqueIdentifier: ids,
  ldapAttributeUserUsername: 'most directories have uid, Active Directory has sAMAccountName',
  ldapAttributeUserEmail: 'most directories have mail',
  ldapAttributeUserFirstName: 'most directories have givenName',
  ldapAttributeUserLastName: 'most directories have sn',
} as const
const groupHints = {
  ldapAttributeGroupUniqueIdentifier: ids,
  ldapAttributeGroupName: 'most directories have cn',
  ldapAttributeGroupMember: 'groupOfNames has member, groupOfUniqueNames uniqueMember, posixGroup memberUid',
} as const

/** Names that are no typing error, though nobody may have a value: a young directory, groups without members. */
const usualNames: Partial<Record<LdapKey, readonly string[]>> = {
  ldapAttributeUserEmail: ['mail', 'rfc822Mailbox', 'mailPrimaryAddress'],
  ldapAttributeUserFirstName: ['givenName', 'gn'],
  ldapAttributeUserLastName: ['sn', 'surname'],
  ldapAttributeGroupMember: ['member', 'uniqueMember', 'memberUid'],
}
const isUsual = (key: LdapKey, name: string): boolean => {
  const usual = usualNames[key]
  return usual === undefined || usual.some((one) => one.toLowerCase() === name.toLowerCase())
}

const named = <K extends LdapKey>(settings: LdapSettings, hints: Readonly<Record<K, string>>): readonly InUse[] =>
  (Object.keys(hints) as K[]).flatMap((key) => {
    const name = String(settings[key])
    return name === '' ? [] : [{ key, name, hint: hints[key] }]
  })

export const userAttributesInUse = (settings: LdapSettings): readonly InUse[] => [
  ...named(settings, userHints),
  ...templateAttributes(settings.ldapDisplayNameTemplate).map((name) => ({ key: 'ldapDisplayNameTemplate' as const, name })),
  ...claimAttributes(settings.ldapClaims).map((name) => ({ key: 'ldapClaims' as const, name })),
]
/** Where users say which groups they are in, groups need not list anybody. */
export const groupAttributesInUse = (settings: LdapSettings): readonly InUse[] =>
  named(settings, groupHints).filter(({ key }) => key !== 'ldapAttributeGroupMember' || settings.ldapAttributeUserMemberOf === '')

export interface Fill {
  /** The attributes that the entry does not have. */
  lacking(entry: Entry): readonly InUse[]
  /** Takes note of an entry that lacks these. */
  see(lacking: readonly InUse[]): void
  /** The attributes that no entry had, each with a sentence; none where there was no entry. */
  unseen(): readonly { readonly key: LdapKey; readonly sentence: string; readonly isUsual: boolean }[]
}

const none: readonly InUse[] = []

export function countFill(attributes: readonly InUse[]): Fill {
  const unseen = new Set(attributes)
  let entries = 0
  return {
    lacking(entry) {
      const absent = attributes.filter(({ name }) => values(entry, name).length === 0)
      return absent.length === 0 ? none : absent
    },
    see(lacking) {
      entries++
      // What is remembered of an entry since the last reading names the same attributes by other objects.
      for (const one of unseen) if (!lacking.some(({ key, name }) => key === one.key && name === one.name)) unseen.delete(one)
    },
    unseen: () =>
      entries === 0
        ? []
        : [...unseen].map(({ key, name, hint }) => {
            const usual = hint === undefined ? '' : ` (${hint})`
            const sentence = `none of the ${entries} entries has the attribute ${name}. Check its spelling${usual}, and that the bind account may read it.`
            return { key, sentence, isUsual: isUsual(key, name) }
          }),
  }
}

/**
 * A name that directories usually have becomes a warning where a run can go on without; a plan that would take such a field from
 * many is held elsewhere (safety.ts). Any other name that nobody has is taken for a typing error.
 *
 * @throws DirectoryFailure for the first attribute that is needed, or whose name is unusual
 */
export function warnings(fill: Fill, isNeeded: (key: LdapKey) => boolean): readonly string[] {
  const unseen = fill.unseen()
  const needed = unseen.find(({ key }) => isNeeded(key))
  if (needed) throw new DirectoryFailure(needed.key, needed.sentence)
  const odd = unseen.find((one) => !one.isUsual)
  if (odd) throw new DirectoryFailure(odd.key, odd.sentence.replace(/\.$/, '; or leave this setting empty.'))
  return unseen.map(({ key, sentence }) => `${variable(key)}: ${sentence}`)
}

/** Whether groups have members, whatever the attribute is called: then the configured one is the wrong one. */
export async function groupsHaveMembers(directory: Directory, settings: LdapSettings): Promise<boolean> {
  const someMember = '(|(member=*)(uniqueMember=*)(memberUid=*))'
  const { code, entries } = await directory.ask({
    ...{ base: settings.ldapBase, scope: 'sub', filterKey: 'ldapUserGroupSearchFilter', attributes: ['1.1'], page: { size: 1 } },
    filter: `(&${settings.ldapUserGroupSearchFilter}${someMember})`,
  })
  return code !== 0 || entries.length > 0
}
