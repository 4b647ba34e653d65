// What a test of the settings says about a real directory, step by step, also with settings that nobody has stored yet.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { base, group, person } from '../../sample/seed.ts'
import type { ProbeReport } from '../../src/plugins/ldap/tell/probe.ts'
import { type LdapInstance, startLdapInstance } from './ldap-instance.ts'

let ldap: OpenLdap
let instance: LdapInstance
beforeAll(async () => {
  const people = ['ada', 'grace', 'hedy'].map((uid) => person({ uid, givenName: uid, sn: 'Of the Test' }))
  const twin = person({ uid: 'twin', givenName: 'A', sn: 'Twin', mail: 'ada@example.org' })
  const groups = [group('staff', ['ada', 'grace', 'nobody-here']), group('_pocket_id_admins', ['ada'])]
  ldap = await startOpenLdap({ ldif: [...people, twin, ...groups] })
  instance = await startLdapInstance({
    LDAP_ENABLED: 'true',
    LDAP_URL: ldap.url,
    LDAP_BIND_DN: ldap.bindDn,
    LDAP_BIND_PASSWORD: ldap.bindPassword,
    DISABLE_RATE_LIMITING: 'true',
  })
})
afterAll(async () => {
  await instance?.stop()
  await ldap?.stop()
})

const probe = async (values: Readonly<Record<string, string>>) =>
  (await (await instance.asAdmin('/api/ldap/test', { method: 'POST', body: values })).json()) as ProbeReport
const filled = { ldapPreset: 'openldap', ldapBase: base, ldapAdminGroupName: '_pocket_id_admins' }
const detailOf = (report: ProbeReport, name: string) => report.steps.find((step) => step.name === name)?.detail ?? ''

describe('detect', () => {
  test('names the server, and the settings that go with it; stored, they make a sync work', async () => {
    const answer = await instance.asAdmin('/api/ldap/detect', { method: 'POST' })
    expect(answer.status).toBe(200)
    const found = (await answer.json()) as { settings: Record<string, string>; fills: Record<string, string> }
    expect(found).toMatchObject({
      label: 'OpenLDAP',
      evidence: ['objectClass: OpenLDAProotDSE'],
      settings: { ldapPreset: 'openldap', ldapBase: base },
    })
    expect(found.fills).toMatchObject({ ldapAttributeUserUniqueIdentifier: 'entryUUID', ldapAttributeUserUsername: 'uid' })
    const report = await probe(found.settings)
    expect(report).toMatchObject({ ok: true })
    // Nothing of it is stored by asking.
    expect((await probe({})).steps).toMatchObject([{ name: 'settings', ok: false }])
  })
  test('says in one sentence why a server cannot be asked', async () => {
    const answer = await instance.asAdmin('/api/ldap/detect', { method: 'POST', body: { ldapStartTls: true } })
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({
      code: 'ldap_unreachable',
      error: expect.stringMatching(/^LDAP_CA_FILE: the certificate of 127\.0\.0\.1 is not trusted/),
    })
    const wrong = await instance.asAdmin('/api/ldap/detect', { method: 'POST', body: { ldapPageSize: 'many' } })
    expect(wrong.status).toBe(400)
  })
})

describe('a test of the settings', () => {
  test('goes every step of a sync and says what it saw', async () => {
    const report = await probe(filled)
    expect(report.steps.map(({ name, ok }) => `${name} ${ok}`)).toEqual([
      ...['settings true', 'resolve true', 'connect true', 'encrypt true', 'bind true', 'server true', 'paging true'],
      ...['attributes true', 'users true', 'groups true', 'members true'],
    ])
    expect(report.steps.filter(({ warn }) => warn).map(({ name }) => name)).toEqual(['encrypt', 'users', 'members'])
    expect(detailOf(report, 'encrypt')).toMatch(/^not encrypted: whoever is on the way can read the password/)
    expect(detailOf(report, 'server')).toBe(`OpenLDAP, holds ${base}; LDAP_PRESET=openldap knows its names`)
    expect(detailOf(report, 'paging')).toBe('pages of 1000')
    expect(detailOf(report, 'attributes')).toMatch(/^of 4 users: entryUUID 100 %, uid 100 %, mail 100 %/)
    expect(detailOf(report, 'users')).toMatch(
      /^4 users\. For example: ada \(.*\), grace .*, hedy .*\. 1 e-mail addresses occur more than once, such as ada@example\.org\.$/,
    )
    expect(detailOf(report, 'groups')).toBe('2 groups, 1 administrator.')
    expect(detailOf(report, 'members')).toBe('75 % of 4 memberships lead to a user; 1 to nobody that the user filter finds')
  })
  test('tells what was agreed with TLS', async () => {
    const report = await probe({ ...filled, ldapStartTls: 'true', ldapCaFile: ldap.caFile })
    expect(detailOf(report, 'encrypt')).toMatch(/^TLSv1\.3, the certificate of localhost by Test CA, valid until .* GMT$/)
  })
  test('has a guess for an attribute that nobody has', async () => {
    const report = await probe({ ...filled, ldapAttributeUserUniqueIdentifier: 'objectGUID' })
    expect(detailOf(report, 'attributes')).toMatch(/objectGUID 0 % \(did you mean entryUUID\?\)/)
    expect(report.steps.at(-1)).toMatchObject({ name: 'users', ok: false })
  })
  test('tells a filter that fits nobody from an account that may see nobody', async () => {
    const filter = await probe({ ...filled, ldapUserSearchFilter: '(objectClass=device)' })
    expect(filter.steps.at(-1)).toMatchObject({ name: 'users', ok: false })
    expect(filter.steps.at(-1)?.detail).toMatch(
      /^LDAP_USER_SEARCH_FILTER: there are entries below .* none fits \(objectClass=device\)/,
    )
    const rights = await probe({ ...filled, ldapBase: `cn=readonly,ou=services,${base}` })
    expect(rights.steps.at(-1)?.detail).toMatch(/^LDAP_BIND_DN: the directory shows .* nothing below .* without rights/)
  })
  test('refuses a value that the environment has set', async () => {
    const answer = await instance.asAdmin('/api/ldap/test', { method: 'POST', body: { ldapUrl: 'ldap://other.invalid' } })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ details: { fields: [{ field: 'ldapUrl', code: 'set_by_environment' }] } })
  })
})
