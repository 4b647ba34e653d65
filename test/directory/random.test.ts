// Random directories, one after the other, in a real slapd: each is reached in one run, the next run has nothing to do, and undo leads back.
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { base } from '../../sample/seed.ts'
import type { SyncReport } from '../../src/plugins/ldap/tell/report.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

interface Entry {
  readonly id: number
  readonly uid: string
  readonly mail: string
  readonly chess: boolean
  /** Deleted and made anew: the same name, another id. */
  readonly anew: boolean
}
const entry = fc.record({
  id: fc.integer({ min: 1, max: 5 }),
  uid: fc.constantFrom('ada', 'grace', 'hedy', 'joan', 'Ada'),
  mail: fc.constantFrom('a@example.org', 'b@example.org', 'c@example.org', 'A@example.org', 'd@example.org'),
  chess: fc.boolean(),
  anew: fc.boolean(),
})
const directory = fc.uniqueArray(entry, { selector: ({ id }) => id, minLength: 1, maxLength: 5 })

let ldap: OpenLdap
let instance: LdapInstance
let present = new Set<number>()
const dn = (id: number) => `cn=person${id},ou=people,${base}`
const chess = `cn=chess,ou=groups,${base}`

beforeAll(async () => {
  ldap = await startOpenLdap()
  await ldap.modify(`dn: ${chess}\nobjectClass: groupOfNames\ncn: chess\nmember: cn=nobody,${base}\n`)
  await bring([{ id: 1, uid: 'ada', mail: 'a@example.org', chess: true, anew: false }])
  instance = await startLdapInstance({
    ...ldapEnvironment(ldap),
    ...{
      LDAP_ADMIN_GROUP_NAME: '',
      LDAP_MAX_REMOVAL_PERCENT: '100',
      LDAP_MAX_MEMBER_REMOVAL_PERCENT: '100',
      LDAP_SOFT_DELETE_USERS: 'false',
    },
  })
})
afterAll(async () => {
  await instance?.stop()
  await ldap?.stop()
})

/** Makes slapd hold exactly these people. */
async function bring(people: readonly Entry[]): Promise<void> {
  const here = new Map(people.map((one) => [one.id, one]))
  const records = [...present].flatMap((id) => {
    const one = here.get(id)
    if (!one || one.anew) return [`dn: ${dn(id)}\nchangetype: delete\n`]
    return [`dn: ${dn(id)}\nchangetype: modify\nreplace: uid\nuid: ${one.uid}\n-\nreplace: mail\nmail: ${one.mail}\n`]
  })
  for (const { id, uid, mail, anew } of people)
    if (anew || !present.has(id))
      records.push(
        `dn: ${dn(id)}\nobjectClass: inetOrgPerson\ncn: person${id}\nsn: Example\ngivenName: E\nuid: ${uid}\nmail: ${mail}\n`,
      )
  const members = people.filter((one) => one.chess).map(({ id }) => `member: ${dn(id)}`)
  records.push(`dn: ${chess}\nchangetype: modify\nreplace: member\n${[`member: cn=nobody,${base}`, ...members].join('\n')}\n`)
  present = new Set(here.keys())
  await ldap.modify(records.join('\n'))
}

const rows = async () => {
  const { read } = instance.ground.db
  return {
    users: await read.all(sql`select id, external_id, username, email, source_disabled from users order by id`),
    groups: await instance.groups(),
  }
}
const post = async (path: string) => (await (await instance.asAdmin(path, { method: 'POST' })).json()) as SyncReport
const changed = ({ counts: { skipped: _skipped, ...counts } }: SyncReport) => Object.values(counts).some((count) => count > 0)

test('any three directories in a row', async () => {
  const property = fc.asyncProperty(fc.array(directory, { minLength: 3, maxLength: 3 }), async (directories) => {
    for (const people of directories) {
      const before = await rows()
      await bring(people)
      const run = await instance.sync()
      expect(run.outcome).toBe('applied')
      const after = await rows()
      expect(changed(await instance.sync())).toBe(false)

      const inConflict = new Set([...run.conflicts, ...run.skipped].map((one) => one.dn))
      const clear = people.filter(({ id }) => !inConflict.has(dn(id)))
      const held = new Map((await instance.users()).map((user) => [user.username, user]))
      expect(clear.map(({ uid, mail }) => [held.get(uid)?.email, held.get(uid)?.disabled, mail])).toEqual(
        clear.map(({ mail }) => [mail, false, mail]),
      )
      expect(held.size).toBeLessThanOrEqual(people.length)
      const players = (await instance.groups()).chess ?? []
      expect(clear.filter((one) => one.chess).map(({ uid }) => players.includes(uid))).not.toContain(false)

      if (run.run === null) continue
      const undone = await post(`/api/ldap/runs/${run.run}/undo`)
      expect(await rows()).toEqual(before)
      await post(`/api/ldap/runs/${undone.run}/undo`)
      expect(await rows()).toEqual(after)
      expect(changed(await instance.sync())).toBe(false)
    }
  })
  await fc.assert(property, { numRuns: 6 })
})
