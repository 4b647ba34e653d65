// Changes of 389 Directory Server with its plugin for content synchronization: what it passes over is found, and a whole run agrees after each.
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { base, person } from '../../sample/seed.ts'
import type { Memory } from '../../src/plugins/ldap/changes/reading.ts'
import { sync, syncChanges } from '../../src/plugins/ldap/sync.ts'
import { type Directory389, start389 } from '../support/directory-389.ts'
import { startHosted } from './hosted.ts'
import { ldapEnvironment, startLdapInstance } from './ldap-instance.ts'
import { atLeisure, createStory, type Dialect, everybody, membersOf, storyOf, teams, unit } from './stories.ts'

let directory: Directory389
beforeAll(async () => {
  directory = await start389()
})
afterAll(() => directory?.stop())

const signal = () => new AbortController().signal
let told = 0

/** A unit of its own for each story. */
function in389(): Dialect & { readonly seed: string } {
  const own = `ou=story${++told},${base}`
  const people = `ou=people,${own}`
  const unitOf = (dn: string) => `dn: ${dn}\nobjectClass: organizationalUnit\n\n`
  const one = (uid: string) =>
    person({ uid, givenName: uid, sn: 'First' }).replace(/^dn: .*\nentryUUID:.*\n/, `dn: uid=${uid},${people}\n`)
  const groupDn = (cn: string) => `cn=${cn},${own}`
  const group = (cn: string, members: readonly string[]) =>
    [`dn: ${groupDn(cn)}`, 'objectClass: groupOfNames', `cn: ${cn}`, ...members.map((dn) => `member: ${dn}`), '\n'].join('\n')
  const groups = teams.map((cn) =>
    group(
      cn,
      membersOf(cn).map((uid) => `uid=${uid},${people}`),
    ),
  )
  return {
    ...{ modify: (ldif) => directory.modify(ldif), base: own, people, rdn: (name) => `uid=${name}`, person: one, groupDn, group },
    leaving: 'employeeType',
    seed: [unitOf(own), unitOf(people), unitOf(`ou=${unit},${own}`), ...everybody.map(one), ...groups].join(''),
  }
}

const environment = (dialect: Dialect) => ({
  ...ldapEnvironment({ ...directory, base: dialect.base }),
  ...{ LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER: 'nsUniqueId', LDAP_ATTRIBUTE_GROUP_UNIQUE_IDENTIFIER: 'nsUniqueId' },
  ...{ LDAP_USER_SEARCH_FILTER: '(&(objectClass=inetOrgPerson)(!(employeeType=left)))' },
  ...{ LDAP_MAX_REMOVAL_PERCENT: '100', LDAP_MAX_MEMBER_REMOVAL_PERCENT: '100' },
})

test('random changes come to the same as reading everything', async () => {
  const story = storyOf(createStory(in389()).names)
  await fc.assert(
    fc.asyncProperty(story, async (handfuls) => {
      const dialect = in389()
      await directory.modify(dialect.seed)
      const hosted = await startHosted(environment(dialect))
      try {
        const { host } = hosted
        await host.db.write((tx) =>
          tx.run(`insert into users (id, username, is_admin, created_at, updated_at) values ('local', 'local-admin', 1, 0, 0)`),
        )
        const memory: Memory = {}
        expect(await sync(host, { signal: signal() }, memory)).toMatchObject({ outcome: 'applied', counts: { created: 10 } })
        expect(memory.last?.bookmark.way).toMatchObject({ kind: 'times', cookie: expect.anything() })
        const tale = createStory(dialect)
        for (const handful of handfuls) {
          for (const { name, a, b } of handful) await tale.do(name, a, b)
          atLeisure(memory)
          const report = await syncChanges(host, { signal: signal() }, memory)
          expect([undefined, 'applied']).toContain(report?.outcome)
          expect(report?.scope ?? 'changes').toBe('changes')
          const before = await hosted.rows()
          const whole = await sync(host, { signal: signal() })
          expect({ handful, changes: whole.changes, rows: await hosted.rows() }).toEqual({ handful, changes: [], rows: before })
        }
      } finally {
        await hosted.instance.stop()
      }
    }),
    { numRuns: 3 },
  )
}, 200_000)

test('with LDAP_LIVE a change is here by itself', async () => {
  const dialect = in389()
  await directory.modify(dialect.seed)
  const instance = await startLdapInstance({ ...environment(dialect), LDAP_LIVE: 'true' })
  try {
    await directory.modify(`dn: uid=p1,${dialect.people}\nchangetype: modify\nreplace: sn\nsn: Live\n`)
    while ((await instance.user('p1'))?.lastName !== 'Live') await pause(20)
    await directory.modify(`dn: uid=p2,${dialect.people}\nchangetype: delete\n`)
    while (!(await instance.user('p2'))?.disabled) await pause(20)
  } finally {
    await instance.stop()
  }
}, 100_000)
