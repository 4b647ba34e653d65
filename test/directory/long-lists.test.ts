// Everything a run changed or left out can be read, however much that was: by page, by search, and as a spreadsheet.
import { afterEach, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { userName } from '../../sample/seed.ts'
import type { Change, SyncReport } from '../../src/plugins/ldap/tell/report.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

let ldap: OpenLdap
let instance: LdapInstance
afterEach(async () => {
  await instance?.stop()
  await ldap?.stop()
})

const users = 2_300
async function start(environment: Readonly<Record<string, string>> = {}) {
  ldap = await startOpenLdap({ users })
  instance = await startLdapInstance({
    ...ldapEnvironment(ldap),
    LDAP_SOFT_DELETE_USERS: 'false',
    LDAP_ADMIN_GROUP_NAME: '',
    ...environment,
  })
}
const get = async <T>(path: string) => (await (await instance.asAdmin(path)).json()) as T
const text = async (path: string) => (await instance.asAdmin(path)).text()
interface Page {
  readonly data: readonly Change[]
  readonly pagination: { readonly totalItems: number; readonly totalPages: number }
}
interface Run {
  readonly id: number
  readonly report: SyncReport
}
const runs = async () => (await get<{ data: Run[] }>('/api/ldap/runs')).data

/** Every change, page by page. */
async function allOf(path: string): Promise<readonly Change[]> {
  const all: Change[] = []
  for (let page = 1; ; page++) {
    const { data, pagination } = await get<Page>(`${path}?pagination[limit]=100&pagination[page]=${page}`)
    all.push(...data)
    if (page === pagination.totalPages) return all
  }
}
const created = (changes: readonly Change[]) =>
  changes.flatMap(({ entity, action, name }) => (entity === 'user' && (action === 'create' || action === 'return') ? [name] : []))

test('a run of thousands is told whole, and so is its undoing', async () => {
  await start()
  const [run] = await runs()
  const path = `/api/ldap/runs/${run?.id}`
  expect((await get<Run>(path)).report.changes).toHaveLength(1_000)
  const changes = await allOf(`${path}/changes`)
  expect(new Set(created(changes)).size).toBe(users)
  const { data, pagination } = await get<Page>(`${path}/changes?search=${userName(2_222)}`)
  expect(data.filter(({ entity }) => entity === 'user')).toMatchObject([{ action: 'create', name: userName(2_222) }])
  expect(pagination.totalItems).toBe(data.length)
  const lines = (await text(`${path}/changes.csv`)).trimEnd().split('\r\n')
  expect(lines[0]).toBe('action,entity,name,dn,field,before,after')
  expect(lines).toHaveLength(changes.length + 1)

  const undone = (await (await instance.asAdmin(`${path}/undo`, { method: 'POST' })).json()) as SyncReport
  const back = await allOf(`/api/ldap/runs/${undone.run}/changes`)
  expect(back.filter(({ entity, action }) => entity === 'user' && action === 'remove')).toHaveLength(users)

  // What is held now is the same again, and its plan is as whole as the run was.
  const held = await instance.sync()
  expect(created(await allOf(`/api/ldap/plans/${held.plan}/changes`))).toHaveLength(users)
  expect((await text(`/api/ldap/plans/${held.plan}/changes.csv`)).trimEnd().split('\r\n')).toHaveLength(changes.length + 1)
  await instance.asAdmin(`/api/ldap/plans/${held.plan}/apply`, { method: 'POST' })
  expect((await instance.asAdmin(`/api/ldap/plans/${held.plan}/changes`)).status).toBe(404)
})

test('thousands of entries that are left out are all in the spreadsheet, once however often the run comes out the same', async () => {
  // A name with a blank is no user name.
  await start({ LDAP_ATTRIBUTE_USER_USERNAME: 'cn', LDAP_MAX_REMOVAL_PERCENT: '100' })
  await instance.sync()
  const [run] = await runs()
  expect(run?.report.skipped.length).toBeLessThanOrEqual(1_000)
  const lines = (await text(`/api/ldap/runs/${run?.id}/problems.csv`)).trimEnd().split('\r\n')
  expect(lines.filter((line) => line.startsWith('skipped,user,'))).toHaveLength(users)
})
