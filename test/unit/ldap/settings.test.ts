// The LDAP settings and what they refuse.
import { describe, expect, test } from 'vitest'
import { pick } from '#core/kernel/host.ts'
import { resolve } from '#core/settings/resolve.ts'
import { check } from '../../../src/plugins/ldap/check.ts'
import { settings as table } from '../../../src/plugins/ldap/settings.ts'

const resolved = (environment: Record<string, string>) => resolve(table, { environment, files: {}, stored: {} }, false)
const complete = {
  LDAP_URL: 'ldap://a.example.org ldaps://b.example.org:1636',
  LDAP_BIND_DN: 'cn=reader',
  LDAP_BIND_PASSWORD: ' with spaces ',
  LDAP_BASE: 'dc=example,dc=org',
  LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER: 'uuid',
  LDAP_ATTRIBUTE_USER_USERNAME: 'uid',
  LDAP_ATTRIBUTE_GROUP_UNIQUE_IDENTIFIER: 'uuid',
  LDAP_ATTRIBUTE_GROUP_NAME: 'cn',
}
const faults = (environment: Record<string, string>) =>
  check(pick(table, resolved({ ...complete, ...environment }).settings)).map(({ field }) => field)

describe('the LDAP settings', () => {
  test('take several addresses, keep the password as it is, and have Pocket ID’s defaults', () => {
    const values = pick(table, resolved(complete).settings)
    expect(values.ldapUrl).toEqual(['ldap://a.example.org', 'ldaps://b.example.org:1636'])
    expect(values.ldapBindPassword).toBe(' with spaces ')
    expect(values).toMatchObject({
      ldapUserSearchFilter: '(objectClass=person)',
      ldapAttributeGroupMember: 'member',
      ldapSoftDeleteUsers: true,
    })
  })
  test('understand the older name of the admin group', () => {
    expect(pick(table, resolved({ LDAP_ATTRIBUTE_ADMIN_GROUP: 'admins' }).settings).ldapAdminGroupName).toBe('admins')
  })
  test.each(['http://ldap.example.org', 'ldap.example.org', 'ldap://'])('%s is no address of a directory', (url) => {
    expect(resolved({ LDAP_URL: url }).faults.map(({ field }) => field)).toEqual(['LDAP_URL'])
  })
  test.each(['ldap://ldap.example.org:0', 'ldaps://ldap.example.org:65536', 'ldap://%zz.example.org'])(
    '%s leads nowhere, which is said once',
    (url) => {
      expect(resolved({ LDAP_URL: url }).faults.map(({ field }) => field)).toEqual(['LDAP_URL'])
    },
  )
  test('of an address with an account in it nothing is told but where the account belongs', () => {
    const { faults: found } = resolved({ LDAP_URL: 'ldap://cn=admin:hidden@ldap.example.org' })
    expect(found).toMatchObject([{ field: 'LDAP_URL', message: expect.stringMatching(/LDAP_BIND_DN.*LDAP_BIND_PASSWORD/) }])
    expect(JSON.stringify(found)).not.toMatch(/hidden/)
  })
  test('take a filter that is laid out over lines', () => {
    expect(pick(table, resolved({ LDAP_USER_SEARCH_FILTER: '(&\n (a=b)\n (c=d)\n)' }).settings).ldapUserSearchFilter).toBe(
      '(&(a=b)(c=d))',
    )
  })
  test('stop no start for what only a run can use: that is told by field', () => {
    expect(resolved({}).faults).toEqual([])
    expect(faults({})).toEqual([])
    expect(faults({ LDAP_BASE: '', LDAP_ATTRIBUTE_GROUP_NAME: '' })).toEqual(['ldapBase', 'ldapAttributeGroupName'])
    expect(faults({ LDAP_BIND_PASSWORD: '' })).toEqual(['ldapBindPassword'])
    expect(faults({ LDAP_START_TLS: 'true' })).toEqual(['ldapStartTls'])
    expect(faults({ LDAP_CA_CERTIFICATE: 'nonsense' })).toEqual(['ldapCaCertificate'])
    expect(faults({ LDAP_USER_GROUP_SEARCH_FILTER: 'cn=*' })).toEqual(['ldapUserGroupSearchFilter'])
  })
})
