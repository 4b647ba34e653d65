// Changes of 389 Directory Server, told by its plugin for content synchronization or counted by the one for USN; a whole run agrees after each.
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { base, person } from '../../sample/seed.ts'
import { type Memory, peek } from '../../src/plugins/ldap/changes/reading.ts'
import { sync, syncChanges } from '../../src/plugins/ldap/sync.ts'
import { type Directory389, start389 } from '../support/directory-389.ts'
import { type Hosted, startHosted } from './hosted.ts'
import { ldapEnvironment, startLdapInstance } from './ldap-instance.ts'
import { expectRetold } from './retold.ts'
import { atLeisure, createStory, type Dialect, everybody, membersOf, storyOf, teams, unit } from './stories.ts'

let directory: Directory389
let counting: Directory389
beforeAll(async () => {
  directory = await start389()
  counting = await start389('numbers')
})
afterAll(async () => {
  await directory?.stop()
  await counting?.stop()
})

let told = 0

/** A unit of its own for each story. */
function in389(where = directory): Dialect & { readonly seed: string } {
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
    ...{ modify: where.modify, base: own, people, rdn: (name) => `uid=${name}`, person: one, groupDn, group },
    leaving: 'employeeType',
    seed: [unitOf(own), unitOf(people), unitOf(`ou=${unit},${own}`), ...everybody.map(one), ...groups].join(''),
  }
}

const environment = (dialect: Dialect, where = directory) => ({
  ...ldapEnvironment({ ...where, base: dialect.base }),
  ...{ LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER: 'nsUniqueId', LDAP_ATTRIBUTE_GROUP_UNIQUE_IDENTIFIER: 'nsUniqueId' },
  ...{ LDAP_USER_SEARCH_FILTER: '(&(objectClass=inetOrgPerson)(!(employeeType=left)))' },
  ...{ LDAP_MAX_REMOVAL_PERCENT: '100', LDAP_MAX_MEMBER_REMOVAL_PERCENT: '100', LDAP_PAGE_SIZE: '2' },
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
})

test('random changes that are counted come to the same as reading everything', async () => {
  const story = storyOf(createStory(in389(counting)).names)
  await fc.assert(
    fc.asyncProperty(story, async (handfuls) => {
      const dialect = in389(counting)
      await counting.modify(dialect.seed)
      const way = { kind: 'usn', point: { attribute: 'entryUSN' } }
      await expectRetold(environment(dialect, counting), dialect, handfuls, way)
    }),
    { numRuns: 3 },
  )
})

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
})

describe('changes that are counted', () => {
  const signal = () => new AbortController().signal
  const memory: Memory = {}
  let dialect: ReturnType<typeof in389>
  let hosted: Hosted
  beforeAll(async () => {
    dialect = in389(counting)
    await counting.modify(dialect.seed)
    hosted = await startHosted(environment(dialect, counting))
    const { db } = hosted.host
    await db.write((tx) =>
      tx.run(`insert into users (id, username, is_admin, created_at, updated_at) values ('local', 'local-admin', 1, 0, 0)`),
    )
    await whole()
  })
  afterAll(() => hosted?.instance.stop())
  const whole = async () =>
    expect(await sync(hosted.host, { signal: signal() }, memory)).toMatchObject({ outcome: 'applied', reasons: [] })
  const changes = () => syncChanges(hosted.host, { signal: signal() }, memory)
  const rename = (uid: string, sn: string) =>
    counting.modify(`dn: uid=${uid},${dialect.people}\nchangetype: modify\nreplace: sn\nsn: ${sn}\n`)

  test('are found once, whoever else changes', async () => {
    expect(await peek(hosted.host, signal(), memory)).toBe('nothing')
    await counting.modify(`dn: ${base}\nchangetype: modify\nreplace: description\ndescription: elsewhere\n`)
    expect(await peek(hosted.host, signal(), memory)).toBe('nothing')
    await rename('p1', 'Counted')
    expect(await changes()).toMatchObject({ scope: 'changes', changes: [{ after: { lastName: 'Counted' } }] })
    expect(await peek(hosted.host, signal(), memory)).toBe('nothing')
  })

  test('are deletions, and who leaves the filter, too', async () => {
    await counting.modify(`dn: uid=p2,${dialect.people}\nchangetype: delete\n`)
    await counting.modify(`dn: uid=p3,${dialect.people}\nchangetype: modify\nadd: employeeType\nemployeeType: left\n`)
    atLeisure(memory)
    expect(await changes()).toMatchObject({ scope: 'changes', counts: { disabled: 2 } })
  })

  test.each([
    ['started anew', () => counting.restart()],
    ['put back to an earlier day', async () => setBack(memory)],
  ])('are looked for in all of it once the server was %s', async (happened, happen) => {
    await happen()
    await rename('p4', `After ${happened}`)
    const report = await changes()
    expect(report).toMatchObject({ outcome: 'applied', changes: [{ after: { lastName: `After ${happened}` } }] })
    expect(report?.scope).toBeUndefined()
    expect(memory.last?.bookmark.way.kind).toBe('usn')
    expect(await peek(hosted.host, signal(), memory)).toBe('nothing')
  })
})

/** A database of its own below the base, which counts by itself. */
const database = (name: string, suffix: string) =>
  [
    `dn: cn=${name},cn=ldbm database,cn=plugins,cn=config\nobjectClass: extensibleObject\nobjectClass: nsBackendInstance\ncn: ${name}\nnsslapd-suffix: ${suffix}\n\n`,
    `dn: cn="${suffix}",cn=mapping tree,cn=config\nobjectClass: extensibleObject\nobjectClass: nsMappingTree\ncn: ${suffix}\nnsslapd-state: backend\nnsslapd-backend: ${name}\nnsslapd-parent-suffix: ${base}\n\n`,
    `dn: ${suffix}\nobjectClass: organizationalUnit\naci: (targetattr != "userPassword")(version 3.0; acl "read"; allow (read,search,compare) userdn = "ldap:///${directory.bindDn}";)\n\n`,
  ].join('')

test('each database counts by itself, and one that counts past its entries is not believed', async () => {
  const dialect = in389(counting)
  const other = `ou=other,${dialect.base}`
  const changed = `dn: ${other}\nchangetype: modify\nreplace: description\ndescription: changed\n\n`
  const newcomer = dialect.person('newcomer').replace(dialect.people, other)
  await counting.modify([dialect.seed, database('other', other), changed, newcomer].join(''))
  const hosted = await startHosted(environment(dialect, counting))
  try {
    const { host } = hosted
    const memory: Memory = {}
    const whole = () => sync(host, { signal: new AbortController().signal }, memory)
    const rename = (dn: string) => counting.modify(`dn: ${dn}\nchangetype: modify\nreplace: sn\nsn: Counted\n`)
    expect(await whole()).toMatchObject({ outcome: 'applied' })
    for (const dn of [`uid=newcomer,${other}`, `uid=p1,${dialect.people}`]) {
      await rename(dn)
      const report = await syncChanges(host, { signal: new AbortController().signal }, memory)
      expect(report).toMatchObject({ scope: 'changes', changes: [{ dn, after: { lastName: 'Counted' } }] })
    }
    await counting.modify(database('past', `ou=past,${dialect.base}`))
    await counting.restart()
    expect(await whole()).toMatchObject({ outcome: 'applied', reasons: [] })
    expect(memory.last?.bookmark.way.kind).toBe('times')
  } finally {
    await hosted.instance.stop()
  }
})

test('a limit that 389 meets in the middle ends the run, and nobody is taken away', async () => {
  const dialect = in389(counting)
  await counting.modify(dialect.seed)
  const hosted = await startHosted(environment(dialect, counting))
  const limit = (entries: number) =>
    counting.modify(
      `dn: cn=config,cn=ldbm database,cn=plugins,cn=config\nchangetype: modify\nreplace: nsslapd-lookthroughlimit\nnsslapd-lookthroughlimit: ${entries}\n`,
    )
  try {
    const whole = () => sync(hosted.host, { signal: new AbortController().signal })
    expect(await whole()).toMatchObject({ outcome: 'applied', counts: { created: 10 } })
    await limit(5)
    expect(await whole()).toMatchObject({ outcome: 'failed', reasons: [expect.stringMatching(/administrative limit/)] })
  } finally {
    await limit(5_000)
    await hosted.instance.stop()
  }
})

/** We have seen higher numbers than the server has counted. */
function setBack(memory: Memory): void {
  const way = memory.last?.bookmark.way
  if (!memory.last || way?.kind !== 'usn') throw new Error('Nothing is counted.')
  const counters = new Map([...way.point.counters].map(([name, number]) => [name, number + 1_000n]))
  const bookmark = { ...memory.last.bookmark, way: { ...way, point: { ...way.point, counters } } }
  memory.last = { ...memory.last, bookmark }
}
