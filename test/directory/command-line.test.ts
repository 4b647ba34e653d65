// The directory from the terminal, beside a server that runs: plan, apply, runs, undo, as an administrator types them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { group, person, personDn } from '../../sample/seed.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

const names = ['ada', 'grace', 'hedy', 'joan', 'mary', 'radia']

let ldap: OpenLdap
let instance: LdapInstance
beforeAll(async () => {
  const people = names.map((uid) => person({ uid, givenName: uid, sn: 'Example' }))
  ldap = await startOpenLdap({ ldif: [...people, group('staff', names), group('_pocket_id_admins', ['ada'])] })
  const filter = '(&(objectClass=inetOrgPerson)(!(title=away)))'
  const environment = { ...ldapEnvironment(ldap), LDAP_SOFT_DELETE_USERS: 'false', LDAP_USER_SEARCH_FILTER: filter }
  instance = await startLdapInstance(environment)
})
afterAll(async () => {
  await instance?.stop()
  await ldap?.stop()
})

/** What a command says on both streams, and whether it went well. */
const run = (...args: string[]) => instance.pocketId('ldap', ...args)
const change = (uid: string, ...lines: string[]) =>
  ldap.modify([`dn: ${personDn(uid)}`, 'changetype: modify', ...lines, ''].join('\n'))

test('a change is planned as a diff, applied by its hash, and undone by its number', async () => {
  await change('grace', 'replace: mail', 'mail: grace@navy.example.org')
  await change('hedy', 'add: title', 'title: away')
  const plan = await run('plan')
  expect(plan.stdout).toContain('- remove          user   hedy\n')
  expect(plan.stdout).toContain('- remove members  group  staff  1: hedy\n')
  expect(plan.stdout).toContain('~ update          user   grace  email: grace@example.org -> grace@navy.example.org\n')
  const hash = /`ldap apply (\w+)`/.exec(plan.stdout)?.[1] ?? ''
  expect(await run('plan', '--csv')).toMatchObject({
    stdout: expect.stringMatching(/^action,entity,name,dn,field,before,after\r\nremove,user,hedy,/),
  })

  const applied = await run('apply', hash)
  expect(applied.stdout).toContain('1 user updated, 1 user removed, 1 member removed')
  expect(await run('apply', hash)).toMatchObject({ ok: false, stderr: expect.stringContaining('There is no such plan.') })

  const { data } = (await (await instance.asAdmin('/api/ldap/runs')).json()) as { data: { id: number; by: { how: string } }[] }
  expect(data[0]?.by.how).toBe('command line')
  const runs = await run('runs')
  expect(runs.stdout.split('\n')[0]).toContain(`[ldap undo ${data[0]?.id}]`)
  expect(runs.stdout).toMatch(/Last good run: 2\S+Z\. While the server runs, the next one begins at \S+Z\.\n$/)
  const undone = await run('undo', String(data[0]?.id))
  expect(undone.stdout).toContain('+ return       user   hedy')
  expect(undone.stdout).toContain('Undone: 1 user created')
  expect(await run('undo', String(data[0]?.id))).toMatchObject({
    ok: false,
    stderr: expect.stringContaining('was undone already'),
  })

  const held = await run('sync')
  expect(held).toMatchObject({ ok: false, stderr: expect.stringContaining(`Run ${data[0]?.id} was undone`) })
  expect(held.stdout).toMatch(/If it is meant, apply this plan: `ldap apply \w{24}`\./)
})

test('removals beyond the limit are accepted once, where somebody says so', async () => {
  for (const uid of ['joan', 'mary', 'radia']) await change(uid, 'add: title', 'title: away')
  expect(await run('sync')).toMatchObject({ ok: false, stderr: expect.stringContaining('LDAP_MAX_REMOVAL_PERCENT') })
  const plan = /`ldap apply (\w+)`/.exec((await run('plan')).stdout)?.[1] ?? ''
  expect((await run('apply', plan)).stdout).toContain('users removed')
  for (const uid of ['joan', 'mary', 'radia']) await change(uid, 'delete: title')
  expect((await run('sync')).stdout).toContain('+ return ')
  for (const uid of ['joan', 'mary', 'radia']) await change(uid, 'add: title', 'title: away')
  expect((await run('sync', '--accept-removals')).stdout).toContain('3 users removed')
  expect((await run('sync')).stdout).toContain('nothing to change')
})

test('what is typed wrong is answered with what to type', async () => {
  expect((await run('apply')).stderr).toBe('Name one plan: `ldap apply <plan>`. `ldap plan` makes one and shows it.\n')
  expect((await run('undo', 'last')).stderr).toBe('Name one run by its number: `ldap undo <run>`. `ldap runs` lists them.\n')
  expect((await run('undo', '999')).stderr).toBe('There is no run 999.\n')
  expect((await run('runs', '999')).stderr).toBe('There is no run 999. `ldap runs` lists them.\n')
})

test('what the directory holds is explained, and that it is down is no explanation', async () => {
  const { ok, stdout } = await run('explain', 'ada')
  expect({ ok, stdout }).toMatchObject({ ok: true, stdout: expect.stringMatching(/yes {3}administrator/) })
  expect(await run('explain', 'nobody')).toMatchObject({ ok: true, stdout: expect.stringMatching(/NO {4}entry/) })
  await ldap.halt()
  expect(await run('explain', 'ada')).toMatchObject({
    ok: false,
    stdout: expect.stringMatching(/NO {4}directory {6}LDAP_URL: .* refuses/),
  })
})
