// An attribute with several values is a set: the order in which a server sends them means nothing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { choose, digestParts } from '../../../src/plugins/ldap/read/choices.ts'
import { type MappedUser, mapUser } from '../../../src/plugins/ldap/read/map.ts'
import { ldapSettings } from '../../directory/open.ts'

const settings = ldapSettings({
  LDAP_PRESET: 'openldap',
  LDAP_ATTRIBUTE_USER_DISPLAY_NAME: 'displayName',
})
const mapping = { settings, requireEmail: true, now: new Date('2026-01-01T00:00:00Z') }
const single = { entryUUID: ['id-1'], uid: ['ada'], mail: ['ada@x.org'], givenName: ['Ada'], sn: ['Lovelace'], cn: ['Ada L'] }

function mapped(attributes: Readonly<Record<string, readonly string[]>>, dn = 'uid=ada,dc=x'): MappedUser {
  const all = Object.entries({ ...single, ...attributes }).map(([name, values]) => [name.toLowerCase(), values] as const)
  const user = mapUser({ dn, attributes: new Map(all) }, mapping)
  if (user.kind !== 'user') throw new Error(user.why)
  return user
}
const stored = (user: MappedUser, held?: MappedUser['profile']) => choose(user.profile, user.choices, held)

describe('of several values', () => {
  test('a new account takes the one in the name of its entry, else the first', () => {
    expect(mapped({ uid: ['countess', 'ADA'] }).profile.username).toBe('ADA')
    expect(mapped({ mail: ['b@x.org', 'a@x.org'] }).profile.email).toBe('b@x.org')
    expect(mapped({ mail: ['b@x.org', 'a@x.org'] }, 'mail=a@x.org,dc=x').profile.email).toBe('a@x.org')
  })
  test('one that cannot be stored is passed over while another can', () => {
    expect(mapped({ uid: ['Ada Lovelace', 'countess'] }, 'cn=a,dc=x').profile.username).toBe('countess')
    expect(mapped({ mail: ['not an address', 'a@x.org'] }).profile.email).toBe('a@x.org')
    expect(() => mapped({ uid: ['Ada Lovelace', 'Countess of'] })).toThrow(/the user name "Ada Lovelace" has characters/)
  })
  test('an account keeps the one it has while it is there', () => {
    const held = { ...mapped({}).profile, email: 'second@x.org', displayName: 'Countess' }
    const now = mapped({ mail: ['first@x.org', 'second@x.org'], displayName: ['Ada', 'Countess'] })
    expect(stored(now, held)).toMatchObject({ email: 'second@x.org', displayName: 'Countess' })
    expect(stored(mapped({ mail: ['first@x.org', 'third@x.org'] }), held).email).toBe('first@x.org')
    expect(stored(mapped({ mail: ['first@x.org'] }), held).email).toBe('first@x.org')
  })
  test('a display name that is made of others follows what they are', () => {
    const names = { givenName: ['Augusta', 'Ada'], cn: [] }
    expect(mapped(names).profile.displayName).toBe('Augusta Lovelace')
    expect(stored(mapped(names), { ...mapped({}).profile, firstName: 'Ada' })).toMatchObject({
      firstName: 'Ada',
      displayName: 'Ada Lovelace',
    })
  })
  test('a display name made by a template stays while it can still be made', () => {
    const byTemplate = ldapSettings({ LDAP_PRESET: 'openldap', LDAP_DISPLAY_NAME_TEMPLATE: '{givenName} {sn}' })
    const of = (givenName: readonly string[], sn: readonly string[]) => {
      const attributes = Object.entries({ ...single, givenName, sn }).map(
        ([name, values]) => [name.toLowerCase(), values] as const,
      )
      const user = mapUser({ dn: 'uid=ada,dc=x', attributes: new Map(attributes) }, { ...mapping, settings: byTemplate })
      if (user.kind !== 'user') throw new Error(user.why)
      return user
    }
    const held = { ...of(['Ada'], ['Byron']).profile }
    expect(held.displayName).toBe('Ada Byron')
    const married = of(['Augusta', 'Ada'], ['Lovelace', 'Byron'])
    expect(married.profile.displayName).toBe('Augusta Lovelace')
    expect(stored(married, held).displayName).toBe('Ada Byron')
    expect(stored(of(['Augusta', 'Ada'], ['Lovelace']), held).displayName).toBe('Augusta Lovelace')
    expect(digestParts(of(['Ada', 'Augusta'], ['Byron', 'Lovelace']))).toEqual(digestParts(married))
  })
  test('another order is no change: neither for the digest nor for what is stored', () => {
    const values = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 5 })
    const shuffled = values.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })))
    fc.assert(
      fc.property(shuffled, shuffled, ([uids, uidsAgain], [sns, snsAgain]) => {
        const before = mapped({ uid: uids, sn: sns })
        const after = mapped({ uid: uidsAgain, sn: snsAgain })
        expect(digestParts(after)).toEqual(digestParts(before))
        const held = stored(before)
        expect(stored(after, held)).toEqual(held)
      }),
    )
  })
})
