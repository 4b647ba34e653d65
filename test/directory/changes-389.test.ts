// Changes of 389 Directory Server with its plugin for content synchronization: what it passes over is found, and a whole run agrees after each.
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { base, person } from '../../sample/seed.ts'
import { type Directory389, start389 } from '../support/directory-389.ts'
import { ldapEnvironment, startLdapInstance } from './ldap-instance.ts'
import { expectRetold } from './retold.ts'
import { createStory, type Dialect, everybody, membersOf, storyOf, teams, unit } from './stories.ts'

let directory: Directory389
beforeAll(async () => {
  directory = await start389()
})
afterAll(() => directory?.stop())

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
      await expectRetold(environment(dialect), dialect, handfuls, { kind: 'times', cookie: expect.anything() })
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
