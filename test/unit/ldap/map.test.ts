// From an entry to an account or a group, or to the reason why not.
import { describe, expect, test } from 'vitest'
import { pick } from '#core/kernel/host.ts'
import { resolve } from '#core/settings/resolve.ts'
import { mapGroup, mapUser, userAttributes } from '../../../src/plugins/ldap/read/map.ts'
import { settings as table } from '../../../src/plugins/ldap/settings.ts'

const environment = {
  LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER: 'entryUUID',
  LDAP_ATTRIBUTE_USER_USERNAME: 'uid',
  LDAP_ATTRIBUTE_USER_EMAIL: 'mail',
  LDAP_ATTRIBUTE_USER_FIRST_NAME: 'givenName',
  LDAP_ATTRIBUTE_USER_LAST_NAME: 'sn',
  LDAP_ATTRIBUTE_USER_DISPLAY_NAME: 'displayName',
  LDAP_ATTRIBUTE_GROUP_UNIQUE_IDENTIFIER: 'entryUUID',
  LDAP_ATTRIBUTE_GROUP_NAME: 'cn',
}
const settings = pick(table, resolve(table, { environment, files: {}, stored: {} }, false).settings)
const mapping = { settings, requireEmail: true, now: new Date('2026-01-01T00:00:00Z') }
const entry = (attributes: Record<string, string | readonly string[]>) => ({
  dn: 'uid=ada,dc=x',
  attributes: new Map(Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), [value].flat()])),
})
const ada = {
  entryUUID: 'id-1',
  uid: 'ada',
  mail: 'ada@example.org',
  givenName: 'Ada',
  sn: 'Lovelace',
  displayName: 'Countess',
  cn: 'Ada L',
}
const why = (attributes: Record<string, string>, requireEmail = true) => {
  const mapped = mapUser(entry({ ...ada, ...attributes }), { ...mapping, requireEmail })
  return mapped.kind === 'skipped' ? mapped.why : undefined
}

describe('mapUser', () => {
  test('takes the value of each attribute', () => {
    expect(mapUser(entry(ada), mapping)).toEqual({
      kind: 'user',
      externalId: 'id-1',
      dn: 'uid=ada,dc=x',
      shutOut: false,
      profile: {
        ...{ username: 'ada', email: 'ada@example.org', firstName: 'Ada', lastName: 'Lovelace', displayName: 'Countess' },
        claims: null,
      },
    })
  })
  test.each([
    [{ displayName: '' }, 'Ada L'],
    [{ displayName: '', cn: '' }, 'Ada Lovelace'],
    [{ displayName: '', cn: '', givenName: '', sn: '' }, 'ada'],
  ])('falls back for the display name: without %j it is %s', (without, shown) => {
    expect(mapUser(entry({ ...ada, ...without }), mapping)).toMatchObject({ profile: { displayName: shown } })
  })
  test.each<[string, Record<string, string>, RegExp]>([
    ['no id', { entryUUID: '' }, /no unique id \(entryUUID\)/],
    ['no user name', { uid: '' }, /no user name \(uid\)/],
    ['a user name with a space', { uid: 'ada l' }, /characters other than/],
    ['a user name of 51', { uid: 'a'.repeat(51) }, /longer than 50/],
    ['no address', { mail: '' }, /no e-mail address \(mail\)/],
    ['an address that is none', { mail: 'ada' }, /not valid/],
    ['a first name of 51', { givenName: 'a'.repeat(51) }, /first name is longer/],
    ['a display name of 101', { displayName: 'a'.repeat(101) }, /display name is longer/],
  ])('leaves out an entry with %s, with the reason', (_what, attributes, reason) => expect(why(attributes)).toMatch(reason))
  test('needs no address where the instance needs none', () => {
    expect(why({ mail: '' }, false)).toBeUndefined()
    expect(why({ mail: 'nonsense' }, false)).toMatch(/not valid/)
  })
  test.each<[string, Record<string, string>, boolean]>([
    ['an enabled account of Active Directory', { userAccountControl: '512', accountExpires: '9223372036854775807' }, false],
    ['a disabled account of Active Directory', { userAccountControl: '514' }, true],
    ['an account that expired in 2020', { accountExpires: '132223104000000000' }, true],
    ['an account that expires in 2099', { accountExpires: '157469184000000000' }, false],
    ['an account locked in 389', { nsAccountLock: 'TRUE' }, true],
    ['an account locked by an administrator of OpenLDAP', { pwdAccountLockedTime: '000001010000Z' }, true],
    ['a lock that begins later', { pwdAccountLockedTime: '20990101000000Z' }, false],
    ['an account locked in 389 until 2099', { accountUnlockTime: '20990101000000Z' }, true],
    ['an account whose lock in 389 is over', { accountUnlockTime: '20250101000000Z' }, false],
    ['an account locked in 389 until somebody lifts it', { accountUnlockTime: '19700101000000Z' }, true],
    ['an account that expired in FreeIPA', { krbPrincipalExpiration: '20250101000000Z' }, true],
    ['an account that expires in FreeIPA in 2099', { krbPrincipalExpiration: '20990101000000Z' }, false],
    ['an account that is not active in Authentik', { 'ak-active': 'false' }, true],
    ['an account that is active in Authentik', { 'ak-active': 'true' }, false],
    ['a disabled account of AD LDS', { 'msDS-UserAccountDisabled': 'TRUE' }, true],
    ['an enabled account of AD LDS', { 'msDS-UserAccountDisabled': 'FALSE' }, false],
    ['a disabled account of eDirectory', { loginDisabled: 'TRUE' }, true],
    ['a disabled account of OpenDJ', { 'ds-pwp-account-disabled': 'true' }, true],
    ['an account that is inactive in GLAuth', { accountStatus: 'inactive' }, true],
    ['a shadow account that expired', { shadowExpire: '10000' }, true],
    ['a shadow account that never expires', { shadowExpire: '-1' }, false],
  ])('%s is shut out: %#', (_what, attributes, shutOut) => {
    expect(mapUser(entry({ ...ada, ...attributes }), mapping)).toMatchObject({ shutOut })
    const off = { ...mapping, settings: { ...settings, ldapRespectDisabled: false } }
    expect(mapUser(entry({ ...ada, ...attributes }), off)).toMatchObject({ shutOut: false })
  })
  test('every attribute is asked for by name, once', () => {
    const names = userAttributes(settings).map((name) => name.toLowerCase())
    expect(names).toContain('useraccountcontrol')
    expect(names).not.toContain('*')
    expect(new Set(names).size).toBe(names.length)
  })
})

test.each(['ada@example.org\0x', 'ada@example.org\u200b', 'ada\u202e@example.org', 'a da@example.org'])(
  '%j is no address',
  (mail) => expect(why({ mail })).toMatch(/e-mail address ".*" is not valid/),
)

describe('mapGroup', () => {
  test('takes the name for both names and cuts the friendly one without tearing a character apart', () => {
    const name = `${'g'.repeat(49)}😀 and more`
    const group = mapGroup(entry({ entryUUID: 'g-1', cn: name, member: ['uid=ada,dc=x'] }), mapping)
    expect(group).toMatchObject({ kind: 'group', name, friendlyName: 'g'.repeat(49), members: ['uid=ada,dc=x'] })
  })
  test('of several names takes the one that the entry is called by, else the first by the alphabet', () => {
    const named = (dn: string, cn: readonly string[]) => mapGroup({ ...entry({ entryUUID: 'g-1', cn }), dn }, mapping)
    expect(named('cn=Staff,dc=x', ['all', 'staff'])).toMatchObject({ name: 'staff' })
    for (const cn of [
      ['b', 'a'],
      ['a', 'b'],
    ])
      expect(named('gidNumber=7,dc=x', cn)).toMatchObject({ name: 'a' })
  })
  test.each([
    [{ cn: 'staff' }, /no unique id/],
    [{ entryUUID: 'g-1' }, /no name/],
    [{ entryUUID: 'g-1', cn: 'g'.repeat(256) }, /longer than 255/],
  ])('leaves out %j', (attributes, reason) => {
    const group = mapGroup(entry(attributes as Record<string, string>), mapping)
    expect(group.kind === 'skipped' && group.why).toMatch(reason)
  })
})
