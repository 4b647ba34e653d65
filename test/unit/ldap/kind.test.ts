// What a server says of itself, as each kind says it, and what we make of it.
import { describe, expect, test } from 'vitest'
import { pick } from '#core/kernel/host.ts'
import { resolve } from '#core/settings/resolve.ts'
import { check } from '../../../src/plugins/ldap/check.ts'
import { type Kind, kinds, presets } from '../../../src/plugins/ldap/presets.ts'
import { settings as table } from '../../../src/plugins/ldap/settings.ts'
import { recognise } from '../../../src/plugins/ldap/wire/kind.ts'

const root = (attributes: Readonly<Record<string, readonly string[]>>) => ({
  dn: '',
  attributes: new Map(Object.entries(attributes).map(([name, values]) => [name.toLowerCase(), values])),
})
const paged = '1.2.840.113556.1.4.319'

/** As the servers send it. */
const servers: readonly (readonly [Kind, Readonly<Record<string, readonly string[]>>, string, string])[] = [
  [
    'openldap',
    { objectClass: ['top', 'OpenLDAProotDSE'], namingContexts: ['dc=example,dc=org'], supportedControl: [paged] },
    'OpenLDAP',
    'dc=example,dc=org',
  ],
  [
    'lldap',
    { objectClass: ['top'], vendorName: ['LLDAP'], vendorVersion: ['lldap_0.6.1'], namingContexts: ['dc=example,dc=com'] },
    'LLDAP lldap_0.6.1',
    'dc=example,dc=com',
  ],
  [
    'active-directory',
    {
      supportedCapabilities: ['1.2.840.113556.1.4.800', '1.2.840.113556.1.4.1670'],
      namingContexts: ['CN=Configuration,DC=ad,DC=test', 'DC=ad,DC=test'],
      defaultNamingContext: ['DC=ad,DC=test'],
      supportedControl: [paged],
    },
    'Active Directory or Samba',
    'DC=ad,DC=test',
  ],
  [
    'active-directory',
    { vendorName: ['Samba Team (https://www.samba.org)'], defaultNamingContext: ['DC=ad,DC=test'] },
    'Active Directory or Samba (Samba Team (https://www.samba.org))',
    'DC=ad,DC=test',
  ],
  [
    '389ds',
    { vendorName: ['389 Project'], vendorVersion: ['389-Directory/2.3.1 B2022'], namingContexts: ['dc=example,dc=org'] },
    '389 Directory Server (389 Project 389-Directory/2.3.1 B2022)',
    'dc=example,dc=org',
  ],
  [
    'freeipa',
    {
      vendorName: ['389 Project'],
      ipaTopologyPluginVersion: ['1.0'],
      namingContexts: ['cn=changelog', 'dc=ipa,dc=test', 'o=ipaca'],
      defaultNamingContext: ['dc=ipa,dc=test'],
    },
    'FreeIPA (389 Project)',
    'cn=accounts,dc=ipa,dc=test',
  ],
  [
    'authentik',
    {
      vendorName: ['goauthentik.io'],
      vendorVersion: ['authentik LDAP Outpost Version 2025.8.3'],
      supportedCapabilities: ['1.2.840.113556.1.4.800'],
      namingContexts: ['dc=ldap,dc=goauthentik,dc=io'],
    },
    'Authentik’s LDAP outpost (goauthentik.io authentik LDAP Outpost Version 2025.8.3)',
    'dc=ldap,dc=goauthentik,dc=io',
  ],
  [
    'kanidm',
    {
      vendorName: ['Kanidm Project'],
      vendorVersion: ['kanidm_ldap_1.0.0'],
      defaultNamingContext: ['dc=idm,dc=example,dc=com'],
    },
    'Kanidm Project kanidm_ldap_1.0.0',
    'dc=idm,dc=example,dc=com',
  ],
  [
    'glauth',
    { serverName: ['unknown'], subschemaSubentry: ['cn=schema'], namingContexts: ['dc=glauth,dc=com'], supportedControl: [] },
    'GLAuth',
    'dc=glauth,dc=com',
  ],
]

describe('the kind of a server', () => {
  test.each(servers)('%s is known by its root DSE', (kind, attributes, label, base) => {
    const found = recognise(root(attributes))
    expect(found).toMatchObject({ kind, label, base })
    expect(found.evidence).toHaveLength(1)
    // The evidence is what the server really said.
    const [name = '', said = ''] = /^(\w+): ([^,]*)/.exec(found.evidence[0] ?? '')?.slice(1) ?? []
    expect(attributes[name]).toContain(said)
  })
  test('each kind has a server here', () => {
    expect(new Set(servers.map(([kind]) => kind))).toEqual(new Set(kinds))
  })
  test('another vendor is named and not mistaken', () => {
    const other = root({ vendorName: ['NetIQ Corporation'], vendorVersion: ['eDirectory 9.2'], objectClass: ['top'] })
    expect(recognise(other)).toMatchObject({ kind: undefined, label: 'NetIQ Corporation eDirectory 9.2', evidence: [] })
    expect(recognise(undefined)).toMatchObject({ kind: undefined, label: 'an unknown server' })
    expect(recognise(root({ objectClass: ['top'] }))).toMatchObject({ kind: undefined, label: 'an unknown server' })
  })
})

describe('a preset', () => {
  const resolved = (environment: Record<string, string>, stored: Record<string, string> = {}) =>
    resolve(table, { environment, files: {}, stored }, true)
  const place = { LDAP_URL: 'ldap://ldap.example.org', LDAP_BASE: 'dc=example,dc=org' }

  test.each(kinds)('%s makes the settings complete', (kind) => {
    const { settings, faults } = resolved({ ...place, LDAP_PRESET: kind })
    expect(faults).toEqual([])
    expect(check(pick(table, settings))).toEqual([])
    for (const [key, text] of Object.entries(presets[kind])) expect(settings[key]).toMatchObject({ raw: text, origin: 'preset' })
  })
  test('gives way to what is set, in the environment or stored, also to the same text as the default', () => {
    const { settings } = resolved(
      { ...place, LDAP_PRESET: 'active-directory', LDAP_USER_SEARCH_FILTER: '(objectClass=person)', LDAP_NESTED_GROUPS: 'false' },
      { ldapAttributeUserUsername: 'userPrincipalName' },
    )
    expect(pick(table, settings)).toMatchObject({
      ldapUserSearchFilter: '(objectClass=person)',
      ldapNestedGroups: false,
      ldapAttributeUserUsername: 'userPrincipalName',
      ldapAttributeUserUniqueIdentifier: 'objectGUID',
      ldapPrimaryGroup: true,
    })
  })
  test('none leaves the defaults of Pocket ID', () => {
    expect(pick(table, resolved(place).settings)).toMatchObject({
      ldapPreset: '',
      ldapUserSearchFilter: '(objectClass=person)',
      ldapUserGroupSearchFilter: '(objectClass=groupOfNames)',
      ldapAttributeUserUniqueIdentifier: '',
      ldapNestedGroups: false,
      ldapPrimaryGroup: false,
    })
  })
  test('that nobody knows stops the start with the words that are known', () => {
    expect(resolved({ LDAP_PRESET: 'ad' }).faults[0]?.message).toMatch(/Must be one of .*active-directory/)
  })
})
