// The people and groups of a test's Active Directory, as LDIF for ldbadd and ldbmodify. The same input always gives the same text.
import { type Attributes, entry } from '../../sample/seed.ts'

/** The domain's naming context, and the part of it that tests read and write. */
export const domain = 'DC=ad,DC=test'
export const labBase = `OU=Lab,${domain}`
const peopleOu = `OU=People,${labBase}`
const groupsOu = `OU=Groups,${labBase}`

/** The account that a sync binds with: a plain user, who may read. */
export const syncAccount = { dn: `CN=svc-sync,${labBase}`, password: 'Passw0rd!lab' } as const

const accountName = (index: number): string => `u${String(index).padStart(5, '0')}`
export const accountDn = (index: number): string => `CN=Björn Müller ${String(index).padStart(5, '0')},${peopleOu}`
export const adGroupDn = (cn: string): string => `CN=${cn},${groupsOu}`
/** An account by its common name, for those that `oddAccounts` makes. */
export const namedDn = (cn: string): string => `CN=${cn},${peopleOu}`

/** Everything the escapes of RFC 4514 are for. */
const escapedDn = `CN=Doe\\, John \\"JD\\" \\#1 \\+ \\<x\\>\\;,${peopleOu}`

// userAccountControl: a normal account (512), password not required (32), disabled (2), password never expires (65536).
const account = { normal: '544', disabled: '546', keepsPassword: '66048' } as const
const securityGroup = '-2147483646'
const domainGuests = 514

/** Directory servers give objectGUID and refuse one of ours, so the entryUUID of `entry` stays away. */
const add = (dn: string, objectClass: string, attributes: Attributes = {}) =>
  entry(dn, { entryUUID: undefined, objectClass, ...attributes })

const user = (dn: string, name: string, attributes: Attributes = {}) =>
  add(dn, 'user', {
    sAMAccountName: name,
    userPrincipalName: `${name}@ad.test`,
    mail: `${name}@ad.test`,
    givenName: 'Björn',
    sn: 'Müller',
    displayName: `Björn Müller (${name})`,
    userAccountControl: account.normal,
    ...attributes,
  })

const group = (cn: string, members: readonly string[]) =>
  add(adGroupDn(cn), 'group', { sAMAccountName: cn, groupType: securityGroup, member: members })

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => accountDn(from + at))

/** Users u00000 and on, those that are odd in one way each, and groups: one of all, nested ones, a circle. */
export function* sambaSeed(users: number): Generator<string> {
  for (const ou of [labBase, peopleOu, groupsOu]) yield add(ou, 'organizationalUnit')
  for (let index = 0; index < users; index++) yield user(accountDn(index), accountName(index))
  yield* oddAccounts()
  yield group('all-users', range(0, users))
  yield group('_pocket_id_admins', range(0, 2))
  yield group('escapes', [escapedDn])
  yield group('nested-c', range(2, 4))
  yield group('nested-b', [...range(4, 6), adGroupDn('nested-c')])
  yield group('nested-a', [...range(6, 8), adGroupDn('nested-b')])
  yield group('cycle-x', range(8, 9))
  yield group('cycle-y', [...range(9, 10), adGroupDn('cycle-x')])
  yield group('empty', [])
  yield group('with-outsiders', [...range(0, 1), namedDn('Contact Only'), `CN=PC1,${peopleOu}`])
}

function* oddAccounts(): Generator<string> {
  const password = Buffer.from(`"${syncAccount.password}"`, 'utf16le')
  const keeps = { userAccountControl: account.keepsPassword, unicodePwd: password }
  yield user(syncAccount.dn, 'svc-sync', { ...keeps, mail: undefined })
  yield user(namedDn('disabled'), 'disabled', { userAccountControl: account.disabled })
  yield user(namedDn('expired'), 'expired', { accountExpires: '129000000000000000' })
  yield user(namedDn('guest'), 'guest-by-primary')
  yield user(namedDn('nomail'), 'nomail', { mail: undefined })
  yield user(escapedDn, 'jdoe', { givenName: 'John', sn: 'Doe', displayName: 'Doe, John' })
  yield add(namedDn('Contact Only'), 'contact', { mail: 'contact@elsewhere.test', sn: 'Only', givenName: 'Contact' })
  yield add(`CN=PC1,${peopleOu}`, 'computer', { sAMAccountName: 'PC1$', userAccountControl: '4128' })
}

const modify = (dn: string, ...lines: readonly string[]) => `dn: ${dn}\nchangetype: modify\n${lines.join('\n')}\n\n`

/** What can only be said once every entry is there. */
export function* sambaChanges(): Generator<string> {
  yield modify(adGroupDn('cycle-x'), 'add: member', `member: ${adGroupDn('cycle-y')}`)
  // One must be a member of a group before it becomes one's primary group; then Active Directory takes one out of `member`.
  yield modify(`CN=Domain Guests,CN=Users,${domain}`, 'add: member', `member: ${namedDn('guest')}`)
  yield modify(namedDn('guest'), 'replace: primaryGroupID', `primaryGroupID: ${domainGuests}`)
}
