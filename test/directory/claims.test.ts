// Further attributes become claims, and display names follow a template: from a real slapd into a real database file.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { User } from '#core/http/user-json.ts'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { person, personDn } from '../../sample/seed.ts'
import { startInstance } from '../support/instance.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

let ldap: OpenLdap
let instance: LdapInstance
beforeAll(async () => {
  const people = [
    { uid: 'ada', givenName: 'Ada', sn: 'Lovelace' },
    { uid: 'grace', givenName: 'Grace', sn: 'Hopper' },
  ].map(person)
  ldap = await startOpenLdap({ ldif: people })
  await change('ada', 'add: title', 'title: Countess', '-', 'add: departmentNumber', 'departmentNumber: 7')
  await change('ada', 'add: employeeType', 'employeeType: writer', 'employeeType: analyst')
  instance = await startLdapInstance({
    ...ldapEnvironment(ldap),
    LDAP_ADMIN_GROUP_NAME: '',
    LDAP_CLAIMS: 'department=departmentNumber,title=title,roles=employeeType[]',
    LDAP_DISPLAY_NAME_TEMPLATE: '{sn}, {givenName} ({title})',
  })
})
afterAll(async () => {
  await instance?.stop()
  await ldap?.stop()
})

const change = (uid: string, ...lines: string[]) =>
  ldap.modify([`dn: ${personDn(uid)}`, 'changetype: modify', ...lines, ''].join('\n'))
async function get(username: string): Promise<User> {
  const { data } = (await (await instance.asAdmin(`/api/users?search=${username}`)).json()) as { data: User[] }
  return data.find((user) => user.username === username)!
}
const setClaims = async (id: string, claims: unknown) => {
  const response = await instance.asAdmin(`/api/custom-claims/user/${id}`, { method: 'PUT', body: claims as object })
  return { status: response.status, body: await response.json() }
}
const fromLdap = (key: string, value: string) => ({ key, value, source: 'ldap' })

describe('attributes as claims', () => {
  test('are there after the first run, marked with the directory they come from', async () => {
    expect((await get('ada')).customClaims).toEqual([
      fromLdap('department', '7'),
      fromLdap('roles', '["analyst","writer"]'),
      fromLdap('title', 'Countess'),
    ])
    expect((await get('grace')).customClaims).toEqual([])
    const names = await (await instance.asAdmin('/api/custom-claims/suggestions')).json()
    expect(names).toEqual(['department', 'roles', 'title'])
  })

  test('make a template’s display name, without the marks around what is missing', async () => {
    expect((await get('ada')).displayName).toBe('Lovelace, Ada (Countess)')
    expect((await get('grace')).displayName).toBe('Hopper, Grace')
  })

  test('follow the directory, and the report says what they were', async () => {
    await change('ada', 'replace: title', 'title: Baroness')
    const report = await instance.sync()
    expect(report.changes).toMatchObject([
      {
        action: 'update',
        before: { claims: expect.stringContaining('Countess') },
        after: { claims: expect.stringContaining('Baroness') },
      },
    ])
    expect((await get('ada')).customClaims).toContainEqual(fromLdap('title', 'Baroness'))
    const before = await instance.rows()
    expect(await instance.sync()).toMatchObject({ counts: { updated: 0 } })
    expect(await instance.rows()).toBe(before)
  })

  test('go when the attribute goes', async () => {
    await change('ada', 'delete: departmentNumber')
    await instance.sync()
    expect((await get('ada')).customClaims.map(({ key }) => key)).toEqual(['roles', 'title'])
  })
})

describe('claims that are edited here', () => {
  test('stay through runs; of two with one name the directory’s counts until it is gone', async () => {
    const { id } = await get('grace')
    const own = [
      { key: 'floor', value: '3' },
      { key: 'title', value: 'Admiral' },
    ]
    expect(await setClaims(id, own)).toEqual({ status: 200, body: own })
    await change('grace', 'add: title', 'title: Rear Admiral')
    await instance.sync()
    expect((await get('grace')).customClaims).toEqual([own[0], fromLdap('title', 'Rear Admiral')])
    await change('grace', 'delete: title')
    await instance.sync()
    expect((await get('grace')).customClaims).toEqual(own)
  })

  test('can be sent back as they were read: the directory’s are passed over', async () => {
    const { id, customClaims } = await get('ada')
    const more = [...customClaims.map((claim) => ({ ...claim, value: 'forged' })), { key: 'floor', value: '4' }]
    const expected = [{ key: 'floor', value: '4' }, ...customClaims]
    expect(await setClaims(id, more)).toEqual({ status: 200, body: expected })
    expect((await get('ada')).customClaims).toEqual(expected)
  })
})

test('an attribute that nobody has is a warning with its name', async () => {
  const other = await startLdapInstance({
    ...ldapEnvironment(ldap),
    LDAP_ADMIN_GROUP_NAME: '',
    LDAP_CLAIMS: 'department=departmentNumbr,title=title',
    LDAP_DISPLAY_NAME_TEMPLATE: '{givenNam} {sn}',
  })
  try {
    const { outcome, warnings } = await other.sync()
    expect({ outcome, warnings }).toEqual({
      outcome: 'applied',
      warnings: [
        expect.stringMatching(/^LDAP_DISPLAY_NAME_TEMPLATE: none of the 2 entries has the attribute givenNam\./),
        expect.stringMatching(/^LDAP_CLAIMS: none of the 2 entries has the attribute departmentNumbr\./),
      ],
    })
  } finally {
    await other.stop()
  }
})

test('a reserved name in LDAP_CLAIMS stops the start with the name and the variable', async () => {
  await expect(startInstance({ LDAP_CLAIMS: 'sub=uid' })).rejects.toThrow('LDAP_CLAIMS: The claim name sub is reserved')
})

test('with the directory switched off its claims can be edited like any other', async () => {
  const environment = Object.fromEntries(
    Object.entries(ldapEnvironment(ldap)).filter(([name]) => !/^(LDAP_ENABLED|UI_CONFIG)/.test(name)),
  )
  const all = { ...environment, LDAP_ADMIN_GROUP_NAME: '', LDAP_CLAIMS: 'title=title' }
  const other = await startInstance(all)
  try {
    const json = async <T>(path: string, method = 'GET', body?: object) => {
      const response = await other.asAdmin(path, { method, ...(body ? { body } : {}) })
      return (response.status === 204 ? undefined : await response.json()) as T
    }
    const configure = (ldapEnabled: string) => json('/api/application-configuration', 'PUT', { ldapEnabled })
    await configure('true')
    await json('/api/application-configuration/sync-ldap', 'POST')
    const { data } = await json<{ data: User[] }>('/api/users?search=ada')
    const claims = `/api/custom-claims/user/${data[0]!.id}`
    await configure('false')
    const edited = [{ key: 'title', value: 'Mathematician' }]
    expect(await json(claims, 'PUT', edited)).toEqual(edited)
    await configure('true')
    await json('/api/application-configuration/sync-ldap', 'POST')
    expect((await json<User>(`/api/users/${data[0]!.id}`)).customClaims).toEqual([fromLdap('title', 'Baroness')])
  } finally {
    await other.stop()
  }
})
