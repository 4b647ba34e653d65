// What goes wrong with a directory, as a sentence that names the setting and the likely fix; nothing is changed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { type LdapInstance, lastRunLine, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

let ldap: OpenLdap
beforeAll(async () => {
  ldap = await startOpenLdap({ users: 10 })
})
afterAll(() => ldap.stop())

const closedPort = 'ldap://127.0.0.1:1'

/** Each: what is wrong, and what the sentence has to name: the setting and the likely fix. */
const faults: readonly (readonly [string, () => Record<string, string>, RegExp])[] = [
  [
    'an unknown host',
    () => ({ LDAP_URL: 'ldap://no-such-host.invalid' }),
    /LDAP_URL: the host name no-such-host.invalid is not known. Check its spelling/,
  ],
  ['a refused port', () => ({ LDAP_URL: closedPort }), /LDAP_URL: 127.0.0.1:1 refuses the connection. Check the port/],
  [
    'a wrong password',
    () => ({ LDAP_BIND_PASSWORD: 'wrong' }),
    /LDAP_BIND_PASSWORD: the directory refuses the bind DN or its password/,
  ],
  ['no password', () => ({ LDAP_BIND_PASSWORD: '' }), /LDAP_BIND_PASSWORD: Is missing/],
  ['a bind DN that is none', () => ({ LDAP_BIND_DN: 'readonly' }), /LDAP_BIND_DN: is not a distinguished name/],
  [
    'a wrong base',
    () => ({ LDAP_BASE: 'dc=example,dc=com' }),
    /LDAP_BASE: the directory has no entry dc=example,dc=com. Check its spelling/,
  ],
  ['a missing base', () => ({ LDAP_BASE: '' }), /LDAP_BASE: Is missing/],
  [
    'a malformed filter',
    () => ({ LDAP_USER_SEARCH_FILTER: '(&(objectClass=person)' }),
    /LDAP_USER_SEARCH_FILTER: Lacks a closing parenthesis/,
  ],
  [
    'a filter that finds nobody',
    () => ({ LDAP_USER_SEARCH_FILTER: '(objectClass=device)' }),
    /no user at all. Check LDAP_BASE and LDAP_USER_SEARCH_FILTER/,
  ],
  [
    'a certificate nobody trusts',
    () => ({ LDAP_URL: ldap.ldapsUrl }),
    /LDAP_CA_FILE: the certificate of 127.0.0.1 is not trusted/,
  ],
  [
    'a CA file that is not there',
    () => ({ LDAP_URL: ldap.ldapsUrl, LDAP_CA_FILE: '/nowhere/ca.pem' }),
    /LDAP_CA_FILE: the file \/nowhere\/ca.pem cannot be read/,
  ],
  [
    'a name that is not in the certificate',
    () => ({ LDAP_URL: ldap.ldapsUrl, LDAP_CA_FILE: ldap.caFile, LDAP_TLS_SERVER_NAME: 'other.example.org' }),
    /the certificate is not for 127.0.0.1. .*LDAP_TLS_SERVER_NAME/,
  ],
  ['TLS on the plain port', () => ({ LDAP_URL: ldap.url.replace('ldap:', 'ldaps:') }), /LDAP_URL: /],
  ['plain LDAP on the TLS port', () => ({ LDAP_URL: ldap.ldapsUrl.replace('ldaps:', 'ldap:') }), /LDAP_URL: /],
  ['a missing attribute name', () => ({ LDAP_ATTRIBUTE_USER_USERNAME: '' }), /LDAP_ATTRIBUTE_USER_USERNAME: Is missing/],
  [
    'an id attribute that no entry has',
    () => ({ LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER: 'objectGUID' }),
    /LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER: none of the 10 entries has the attribute objectGUID. .*entryUUID/,
  ],
  [
    'a mail attribute that no entry has',
    () => ({ LDAP_ATTRIBUTE_USER_EMAIL: 'email' }),
    /LDAP_ATTRIBUTE_USER_EMAIL: none of the 10 entries has the attribute email/,
  ],
  [
    'a member attribute that no entry has',
    () => ({ LDAP_ATTRIBUTE_GROUP_MEMBER: 'uniqueMember' }),
    /LDAP_ATTRIBUTE_GROUP_MEMBER: none of the 3 entries has the attribute uniqueMember/,
  ],
]

describe('a wrong setting stops the run with a sentence, changes nothing, and the server goes on serving', () => {
  test.each(faults)('%s', async (_what, environment, sentence) => {
    const instance: LdapInstance = await startLdapInstance({ ...ldapEnvironment(ldap), ...environment() })
    try {
      expect(lastRunLine(instance)).toMatch(sentence)
      expect(lastRunLine(instance)).toMatch(/Job failed with error .*name=SyncLdap/)
      expect(lastRunLine(instance)).not.toContain(ldap.bindPassword)
      expect(await instance.rows()).toBe('[[],[],[]]')
      expect((await instance.fetch('/healthz')).status).toBe(204)
      const answer = await instance.asAdmin('/api/application-configuration/sync-ldap', { method: 'POST' })
      expect([409, 503]).toContain(answer.status)
      expect(((await answer.json()) as { error: string }).error).toMatch(sentence)
      const probe = (await (await instance.asAdmin('/api/ldap/test', { method: 'POST' })).json()) as { ok: boolean }
      expect(probe.ok).toBe(false)
    } finally {
      await instance.stop()
    }
  })
})

describe('a good setting works', () => {
  const works: readonly (readonly [string, () => Record<string, string>])[] = [
    ['ldaps with the own CA', () => ({ LDAP_URL: ldap.ldapsUrl, LDAP_CA_FILE: ldap.caFile })],
    ['ldaps with any certificate', () => ({ LDAP_URL: ldap.ldapsUrl, LDAP_SKIP_CERT_VERIFY: 'true' })],
    ['StartTLS with the own CA', () => ({ LDAP_START_TLS: 'true', LDAP_CA_FILE: ldap.caFile })],
    ['the second of two addresses', () => ({ LDAP_URL: `${closedPort}, ${ldap.url}` })],
  ]
  test.each(works)('%s', async (_what, environment) => {
    const instance = await startLdapInstance({ ...ldapEnvironment(ldap), ...environment() })
    try {
      expect(lastRunLine(instance)).toMatch(/Job run successfully .*users=10/)
    } finally {
      await instance.stop()
    }
  })
})

describe('the size limit of the directory', () => {
  test('a limit on the whole answer is named, and nothing is changed', async () => {
    const limited = await startOpenLdap({ users: 30, sizeLimit: '10' })
    const instance = await startLdapInstance(ldapEnvironment(limited))
    try {
      expect(lastRunLine(instance)).toMatch(/LDAP_USER_SEARCH_FILTER: the directory hands out fewer entries than there are/)
      expect(await instance.rows()).toBe('[[],[],[]]')
    } finally {
      await instance.stop()
      await limited.stop()
    }
  })
})

describe('through the settings page', () => {
  test('bad values are refused by field, and the first good ones switch LDAP on at run time', async () => {
    const { startInstance } = await import('../support/instance.ts')
    const instance = await startInstance()
    try {
      const { LDAP_USER_SEARCH_FILTER: filter } = ldapEnvironment(ldap)
      const good = {
        ldapEnabled: 'true',
        ldapUrl: ldap.url,
        ldapBindDn: ldap.bindDn,
        ldapBindPassword: ldap.bindPassword,
        ldapBase: ldap.base,
        ldapUserSearchFilter: filter,
        ldapAttributeUserUniqueIdentifier: 'entryUUID',
        ldapAttributeUserUsername: 'uid',
        ldapAttributeUserEmail: 'mail',
        ldapAttributeGroupUniqueIdentifier: 'entryUUID',
        ldapAttributeGroupName: 'cn',
      }
      const put = (body: object) => instance.asAdmin('/api/application-configuration', { method: 'PUT', body })
      const refused = await put({ ...good, ldapUrl: '', ldapUserSearchFilter: 'objectClass=person' })
      expect(refused.status).toBe(400)
      const { details } = (await refused.json()) as { details: { fields: { field: string }[] } }
      expect(details.fields.map(({ field }) => field).sort()).toEqual(['ldapUrl', 'ldapUserSearchFilter'])
      const before = await instance.asAdmin('/api/ldap/runs')
      expect(before.status).toBe(404)
      expect((await put(good)).status).toBe(200)
      expect((await instance.asAdmin('/api/application-configuration/sync-ldap', { method: 'POST' })).status).toBe(204)
      const { pagination } = (await (await instance.asAdmin('/api/users')).json()) as { pagination: { totalItems: number } }
      expect(pagination.totalItems).toBe(10)
    } finally {
      await instance.stop()
    }
  })
})
