// Servers that cannot run here, by their manners: Active Directory's limits, and lldap's DNs without escapes and without pages.
import { createHash } from 'node:crypto'
import { type SmallEntry, startSmallDirectory } from '../support/small-directory.ts'
import { groups, nestedGroups, people } from './cast.ts'
import { describeDirectory, userName } from './conformance.ts'

const account = { bindDn: 'cn=reader', bindPassword: 'secret of the test' }
const variables = (url: string, LDAP_BASE: string, LDAP_PRESET: string) => ({
  ...{ LDAP_URL: url, LDAP_BIND_DN: account.bindDn, LDAP_BIND_PASSWORD: account.bindPassword },
  ...{ LDAP_BASE, LDAP_PRESET, LDAP_ADMIN_GROUP_NAME: '_pocket_id_admins' },
})
const hashOf = (text: string) => createHash('sha256').update(text).digest()

/** Exchanges one entry. */
function change(entries: SmallEntry[], holds: (entry: SmallEntry) => boolean, to: (entry: SmallEntry) => SmallEntry): void {
  const at = entries.findIndex(holds)
  const entry = entries[at]
  if (!entry) throw new Error('There is no such entry.')
  entries[at] = to(entry)
}
const having = (name: string, value: string) => (entry: SmallEntry) => entry.attributes[name]?.[0] === value

describeDirectory('Active Directory’s limits: 1,000 entries a page, ranges of 1,500, references', async () => {
  const users = 2_100
  const base = 'DC=ad,DC=example'
  const dnOf = (cn: string) => `CN=${cn === 'jdoe' ? 'Doe\\, John' : cn},OU=Lab,${base}`
  const guidOf = (name: string) => {
    const guid = hashOf(name).subarray(0, 16)
    // Version 4 as Windows makes it, so that no id is text by accident.
    guid.writeUInt8((guid.readUInt8(7) & 0x0f) | 0x40, 7)
    guid.writeUInt8((guid.readUInt8(8) & 0x3f) | 0x80, 8)
    return guid
  }
  const sidOf = (relative: number) => {
    const sid = Buffer.from('0105000000000005150000000100000002000000030000000000000000', 'hex').subarray(0, 28)
    sid.writeUInt32LE(relative, 24)
    return sid
  }
  const entries: SmallEntry[] = [
    ...people(users).map(({ username, first, last, mail }, at) => ({
      dn: dnOf(username),
      attributes: {
        ...{ objectClass: ['top', 'person', 'user'], objectCategory: ['person'], sAMAccountName: [username] },
        ...{ objectGUID: [guidOf(username)], objectSid: [sidOf(5_000 + at)], primaryGroupID: [at === 5 ? '514' : '513'] },
        ...{ givenName: [first], sn: [last], displayName: [`${first} ${last}`], userAccountControl: ['512'] },
        ...(mail ? { mail: [`${username}@ad.example`] } : {}),
      },
    })),
    ...[...groups(users), ...nestedGroups].map(({ name, users: members, groups: inner }) => ({
      dn: dnOf(name),
      attributes: {
        ...{ objectClass: ['top', 'group'], cn: [name], objectGUID: [guidOf(name)] },
        member: [...members, ...inner].map(dnOf),
      },
    })),
    {
      dn: dnOf('with-outsiders'),
      attributes: {
        ...{ objectClass: ['group'], cn: ['with-outsiders'], objectGUID: [guidOf('with-outsiders')] },
        member: [dnOf('u00000'), `CN=S-1-5-21-9,CN=ForeignSecurityPrincipals,${base}`],
      },
    },
    {
      dn: `CN=Domain Guests,CN=Users,${base}`,
      attributes: {
        ...{ objectClass: ['group'], cn: ['Domain Guests'], objectGUID: [guidOf('guests')], objectSid: [sidOf(514)] },
      },
    },
  ]
  const root = { supportedCapabilities: ['1.2.840.113556.1.4.800'], defaultNamingContext: [base] }
  const directory = await startSmallDirectory(entries, { root, mostEntries: 1_000, mostValues: 1_500, referrals: 3 })
  const set = (username: string, attributes: SmallEntry['attributes']) =>
    change(entries, having('sAMAccountName', username), (entry) => ({
      ...entry,
      attributes: { ...entry.attributes, ...attributes },
    }))
  return {
    kind: 'active-directory',
    environment: { ...variables(directory.url, base, 'active-directory'), LDAP_PAGE_SIZE: '5000' },
    users,
    domain: 'ad.example',
    idOf: (username) =>
      guidOf(username)
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    leftOut: [/no e-mail address/],
    outside: 1,
    referrals: 6,
    isNested: true,
    moreGroups: { 'Domain Guests': [userName(5)] },
    switch: async (username, on) => set(username, { userAccountControl: [on ? '512' : '514'] }),
    rename: async (username, to) => set(username, { sAMAccountName: [to] }),
    stop: () => directory.stop(),
  }
})

describeDirectory('lldap’s manners: DNs without escapes, no pages, no nested groups', async () => {
  const users = 60
  const base = 'dc=example,dc=com'
  const dnOf = (username: string) => `uid=${username === 'jdoe' ? 'doe, john+jd' : username},ou=people,${base}`
  const groupDn = (name: string) => `cn=${name === 'escapes' ? 'with, comma' : name},ou=groups,${base}`
  const uuidOf = (name: string) =>
    hashOf(name)
      .toString('hex')
      .slice(0, 32)
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  const person = (username: string, first: string, last: string, mail: boolean): SmallEntry => ({
    dn: dnOf(username),
    attributes: {
      ...{ objectclass: ['inetOrgPerson', 'posixAccount', 'mailAccount', 'person', 'customUserClass'], uid: [username] },
      ...{ uuid: [uuidOf(username)], cn: [`${first} ${last}`], givenname: [first], sn: [last] },
      ...(mail ? { mail: [`${username}@example.com`] } : {}),
    },
  })
  const entries = [
    ...people(users).map(({ username, first, last, mail }) => person(username, first, last, mail)),
    ...[...groups(users), { name: 'with-outsiders', users: ['u00000', 'gone'] }].map(({ name, users: members }) => ({
      dn: groupDn(name),
      attributes: {
        ...{ objectclass: ['groupOfUniqueNames', 'groupOfNames'], cn: [name], uuid: [uuidOf(groupDn(name))] },
        ...{ member: members.map(dnOf), uniqueMember: members.map(dnOf) },
      },
    })),
  ]
  const root = { objectClass: ['top'], vendorName: ['LLDAP'], vendorVersion: ['lldap_0.6.1'], namingContexts: [base] }
  const directory = await startSmallDirectory(entries, { root, paging: 'ignored' })
  const away = new Map<string, SmallEntry>()
  return {
    kind: 'lldap',
    environment: variables(directory.url, base, 'lldap'),
    users,
    domain: 'example.com',
    idOf: uuidOf,
    leftOut: [/no e-mail address/],
    outside: 1,
    isNested: false,
    async switch(username, on) {
      const at = entries.findIndex(having('uid', username))
      const [entry] = on ? [away.get(username)] : entries.splice(at, 1)
      if (entry) on ? entries.push(entry) : away.set(username, entry)
    },
    rename: async (username, to) =>
      change(entries, having('uid', username), (entry) => ({ ...entry, attributes: { ...entry.attributes, uid: [to] } })),
    stop: () => directory.stop(),
  }
})
