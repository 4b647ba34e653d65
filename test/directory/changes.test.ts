// What changed is brought in without reading everything, and comes to the same: random changes of a real slapd, checked by whole runs.
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { base, entry, group, groupDn, person, personDn } from '../../sample/seed.ts'
import { type Memory, peek } from '../../src/plugins/ldap/changes/reading.ts'
import { sync, syncChanges } from '../../src/plugins/ldap/sync.ts'
import { changeCount } from '../../src/plugins/ldap/tell/report.ts'
import { type Hosted, startHosted } from './hosted.ts'
import { ldapEnvironment } from './ldap-instance.ts'
import { atLeisure, createStory, type Dialect, everybody, membersOf, storyOf, teams, unit } from './stories.ts'

const outsider = `cn=nobody,${base}`
const people = everybody.map((uid) => person({ uid, givenName: uid, sn: 'First' }))
const elsewhere = entry(`ou=${unit},${base}`, { objectClass: 'organizationalUnit', ou: unit })
const groups = teams.map((cn) => group(cn, membersOf(cn)).replace(/\n\n$/, `\nmember: ${outsider}\n\n`))

const environment = (ldap: OpenLdap) => ({
  ...ldapEnvironment(ldap),
  LDAP_USER_SEARCH_FILTER: '(&(objectClass=inetOrgPerson)(!(employeeType=left)))',
  ...{ LDAP_MAX_REMOVAL_PERCENT: '100', LDAP_MAX_MEMBER_REMOVAL_PERCENT: '100' },
  // Whatever is read comes in several pages.
  LDAP_PAGE_SIZE: '2',
})
const signal = () => new AbortController().signal

/** Nobody may be without members there, so somebody of elsewhere is always in a group. */
const inOpenLdap = (ldap: OpenLdap): Dialect => ({
  modify: ldap.modify,
  base,
  people: `ou=people,${base}`,
  rdn: (name) => `uid=${name}`,
  person: (uid) => person({ uid, givenName: uid, sn: 'Again' }).replace(/^entryUUID:.*\n/m, ''),
  groupDn,
  group: (cn, members) =>
    [
      `dn: ${groupDn(cn)}`,
      'objectClass: groupOfNames',
      `cn: ${cn}`,
      ...[outsider, ...members].map((dn) => `member: ${dn}`),
      '',
    ].join('\n'),
  leaving: 'employeeType',
  // Its session log is lost with it.
  more: { restart: () => ldap.restart() },
})
const story = storyOf([...createStory(inOpenLdap({} as OpenLdap)).names, 'spoil'])

/** Bookmarks that are of no use: nonsense, of a day the server knows nothing of any more, or not yet: it was put back to an earlier one. */
const csnOf = (year: number) => `rid=000,csn=${year}0101000000.000000Z#000000#000#000000`
const spoiltCookies = ['garbage', csnOf(2020), csnOf(2990)]

/** What is remembered of how far changes were read is damaged. */
function spoil(memory: Memory, at: number): void {
  const way = memory.last?.bookmark.way
  const cookie = Buffer.from(spoiltCookies[at % spoiltCookies.length] ?? '')
  if (memory.last && way?.kind === 'sync')
    memory.last = { ...memory.last, bookmark: { ...memory.last.bookmark, way: { ...way, users: cookie, groups: cookie } } }
}

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function begin(settings: Readonly<Record<string, string>> = {}, options: Parameters<typeof startOpenLdap>[0] = {}) {
  const ldap = await startOpenLdap({ ldif: [elsewhere, ...people, ...groups], ...options })
  const hosted = await startHosted({ ...environment(ldap), ...settings })
  await hosted.host.db.write((tx) =>
    tx.run(`insert into users (id, username, is_admin, created_at, updated_at) values ('local', 'local-admin', 1, 0, 0)`),
  )
  const memory: Memory = {}
  expect(await sync(hosted.host, { signal: signal() }, memory)).toMatchObject({ outcome: 'applied', reasons: [] })
  const stop = async () => {
    await hosted.instance.stop()
    await ldap.stop()
  }
  return { ldap, hosted, memory, stop }
}

/** A whole run, by somebody who remembers nothing, finds nothing left to do. */
async function expectAgreement({ host, rows }: Hosted, what: unknown) {
  const before = await rows()
  const whole = await sync(host, { signal: signal() })
  expect({ what, changes: whole.changes, rows: await rows() }).toEqual({ what, changes: [], rows: before })
  expect(changeCount(whole)).toBe(0)
}

const notInG1 = { LDAP_USER_SEARCH_FILTER: `(&(objectClass=inetOrgPerson)(!(memberOf=${groupDn('g1')})))` }
const withMemberOf = everybody.map((uid) => {
  const memberOf = teams.filter((cn) => membersOf(cn).includes(uid)).map(groupDn)
  return person({ uid, givenName: uid, sn: 'First', memberOf })
})

describe.each([
  ['who left is disabled', {}, {}],
  ['who left is removed', { LDAP_SOFT_DELETE_USERS: 'false' }, {}],
  ['groups keep the names of who left', {}, { overlays: ['syncprov'] as const }],
  ['groups in groups', { LDAP_NESTED_GROUPS: 'true' }, {}],
  ['the server tells times alone', {}, { overlays: ['refint'] as const }],
  ['who is here depends on groups', notInG1, { ldif: [elsewhere, ...withMemberOf, ...groups] }],
])('random changes, where %s', (_, settings, options) => {
  test('come to the same as reading everything', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (handfuls) => {
        const { ldap, hosted, memory, stop } = await begin(settings, options)
        try {
          const model = createStory(inOpenLdap(ldap))
          for (const handful of handfuls) {
            for (const { name, a, b } of handful) await (name === 'spoil' ? spoil(memory, a) : model.do(name, a, b))
            atLeisure(memory)
            const report = await syncChanges(hosted.host, { signal: signal() }, memory)
            expect([undefined, 'applied']).toContain(report?.outcome)
            expect(memory.last).toBeDefined()
            await expectAgreement(hosted, handful)
          }
        } finally {
          await stop()
        }
      }),
      { numRuns: 3 },
    )
  })
})

test('people who go one after the other are held like as many at once, until somebody says that it is meant', async () => {
  const { ldap, hosted, memory, stop } = await begin({ LDAP_MAX_REMOVAL_PERCENT: '20' })
  try {
    const go = (uid: string) => ldap.modify(`dn: ${personDn(uid)}\nchangetype: delete\n`)
    const changes = () => syncChanges(hosted.host, { signal: signal() }, memory)
    for (const uid of ['p1', 'p2']) {
      await go(uid)
      expect(await changes()).toMatchObject({ outcome: 'applied', counts: { disabled: 1 } })
    }
    await go('p3')
    expect(await changes()).toMatchObject({ outcome: 'refused', reasons: [expect.stringMatching(/7 users, and with 10 .*30 %/)] })
    const whole = (removalsAccepted: boolean) => sync(hosted.host, { signal: signal(), removalsAccepted }, memory)
    expect(await whole(false)).toMatchObject({ outcome: 'refused' })
    expect(await whole(true)).toMatchObject({ outcome: 'applied', counts: { disabled: 1 } })
    await go('p4')
    expect(await changes()).toMatchObject({ outcome: 'applied', counts: { disabled: 1 } })
  } finally {
    await stop()
  }
})

test('entries without an id are no reason to hold the first change after a whole run', async () => {
  const numbered = (uid: string) =>
    person({ uid, givenName: uid, sn: 'First' }).replace(/\n\n$/, `\nemployeeNumber: n-${uid}\n\n`)
  const ldif = [elsewhere, ...people.slice(0, 5), ...everybody.slice(5).map(numbered), ...groups]
  const ids = { LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER: 'employeeNumber', LDAP_MAX_REMOVAL_PERCENT: '20' }
  const { ldap, hosted, memory, stop } = await begin(ids, { ldif })
  try {
    await ldap.modify(`dn: ${personDn('p7')}\nchangetype: modify\nreplace: sn\nsn: Changed\n`)
    expect(await syncChanges(hosted.host, { signal: signal() }, memory)).toMatchObject({ outcome: 'applied', scope: 'changes' })
  } finally {
    await stop()
  }
})

test('somebody new under the name of somebody who went is in no group that refint took that name from', async () => {
  const { ldap, hosted, memory, stop } = await begin({ LDAP_SOFT_DELETE_USERS: 'false' })
  try {
    const model = createStory(inOpenLdap(ldap))
    for (const name of ['delete', 'create']) {
      await model.do(name, 0, 0)
      expect(await syncChanges(hosted.host, { signal: signal() }, memory)).toMatchObject({ outcome: 'applied' })
      await expectAgreement(hosted, name)
    }
  } finally {
    await stop()
  }
})

describe('changes', () => {
  let ground: Awaited<ReturnType<typeof begin>>
  beforeAll(async () => {
    ground = await begin()
  })
  afterAll(() => ground.stop())
  const changes = () => syncChanges(ground.hosted.host, { signal: signal() }, ground.memory)
  const modify = (uid: string, sn: string) =>
    ground.ldap.modify(`dn: ${personDn(uid)}\nchangetype: modify\nreplace: sn\nsn: ${sn}\n`)

  test('where nothing changed nothing is read, planned or written', async () => {
    const { db } = ground.hosted.host
    const writes = { count: 0 }
    const counting = { ...ground.hosted.host, db: { ...db, write: () => Promise.reject(new Error(`write ${++writes.count}`)) } }
    expect(await syncChanges(counting, { signal: signal() }, ground.memory)).toBeUndefined()
    expect(writes.count).toBe(0)
  })

  test('are read alone: the report counts the entries that were asked for', async () => {
    await modify('p1', 'Changed')
    const report = await changes()
    expect(report).toMatchObject({ outcome: 'applied', counts: { updated: 1 }, read: { users: 10, groups: 4 } })
    expect(report?.changes).toMatchObject([{ action: 'update', before: { lastName: 'First' }, after: { lastName: 'Changed' } }])
  })

  test('are brought in as a peek saw them; what came after it is not forgotten', async () => {
    await modify('p0', 'Seen')
    expect(await peek(ground.hosted.host, signal(), ground.memory)).toBe('changes')
    await modify('p0', 'Later')
    await modify('p1', 'Unseen')
    expect((await changes())?.changes).toMatchObject([{ after: { lastName: 'Later' } }])
    expect((await changes())?.changes).toMatchObject([{ after: { lastName: 'Unseen' } }])
    await expectAgreement(ground.hosted, 'peek')
  })

  test('are found after the directory was started anew and had lost its session log', async () => {
    await modify('p2', 'Before')
    await ground.ldap.modify(`dn: ${personDn('p9')}\nchangetype: delete\n`)
    await ground.ldap.restart()
    expect(await changes()).toMatchObject({ outcome: 'applied', counts: { updated: 1, disabled: 1 } })
    await expectAgreement(ground.hosted, 'restart')
  })

  test.each(spoiltCookies.map((cookie, at) => [cookie, at] as const))(
    'are found with a bookmark that is of no use any more: %s',
    async (cookie, at) => {
      const uid = `passing${at}`
      await ground.ldap.modify(person({ uid, givenName: uid, sn: 'By' }).replace(/^entryUUID:.*\n/m, ''))
      expect(await changes()).toMatchObject({ counts: { created: 1 } })
      await modify('p3', cookie.slice(0, 20))
      await ground.ldap.modify(`dn: ${personDn(uid)}\nchangetype: delete\n`)
      spoil(ground.memory, at)
      expect(await changes()).toMatchObject({ outcome: 'applied', counts: { updated: 1, disabled: 1 } })
      await expectAgreement(ground.hosted, cookie)
    },
  )

  test('let somebody into the groups who could not have an account before', async () => {
    const twin = personDn('twin')
    await ground.ldap.modify(
      person({ uid: 'twin', givenName: 'Twin', sn: 'Twin', mail: 'p0@example.org' }).replace(/^entryUUID:.*\n/m, ''),
    )
    await ground.ldap.modify(`dn: ${groupDn('g2')}\nchangetype: modify\nadd: member\nmember: ${twin}\n`)
    expect(await changes()).toMatchObject({ outcome: 'applied', conflicts: [{ dn: twin }] })
    await ground.ldap.modify(`dn: ${twin}\nchangetype: modify\nreplace: mail\nmail: twin@example.org\n`)
    expect(await changes()).toMatchObject({ counts: { created: 1, membersAdded: 1 }, conflicts: [] })
    await expectAgreement(ground.hosted, 'twin')
  })

  test('take members from a group that somebody else wrote meanwhile', async () => {
    await ground.hosted.host.db.write((tx) => tx.run(`update groups set source_digest = null where name = 'g1'`))
    await ground.hosted.host.db.write((tx) =>
      tx.run(
        `delete from group_members where group_id = (select id from groups where name = 'g1') and user_id = (select id from users where username = 'p2')`,
      ),
    )
    await ground.ldap.modify(`dn: ${groupDn('g1')}\nchangetype: modify\ndelete: member\nmember: ${personDn('p1')}\n`)
    expect(await changes()).toMatchObject({ outcome: 'applied', scope: 'changes' })
    await expectAgreement(ground.hosted, 'g1')
  })

  test('of a unit that everybody inside moves along with are seen', async () => {
    const [before, now] = ['elsewhere', 'overthere'].map((name) => `ou=${name},${base}`)
    await ground.ldap.modify(
      `dn: ${personDn('p8')}\nchangetype: modrdn\nnewrdn: uid=p8\ndeleteoldrdn: 0\nnewsuperior: ${before}\n`,
    )
    expect(await changes()).toMatchObject({ outcome: 'applied', scope: 'changes' })
    await ground.ldap.modify(`dn: ${before}\nchangetype: modrdn\nnewrdn: ou=overthere\ndeleteoldrdn: 1\n`)
    atLeisure(ground.memory)
    expect(await changes()).toMatchObject({ outcome: 'applied', scope: 'changes' })
    const entries = await ground.hosted.host.db.read.all(`select source_entry as entry from users where username = 'p8'`)
    expect(entries).toEqual([{ entry: `uid=p8,${now}` }])
    await expectAgreement(ground.hosted, 'overthere')
  })

  test('of another server are not believed: everything is read', async () => {
    await modify('p4', 'Elsewhere')
    const { last } = ground.memory
    if (!last) throw new Error('Nothing is remembered.')
    ground.memory.last = { ...last, bookmark: { ...last.bookmark, url: 'ldap://another.example.org' } }
    expect(await changes()).toMatchObject({ outcome: 'applied', counts: { updated: 1 } })
  })

  test('that the guards hold back are not written, and not forgotten', async () => {
    const host = { ...ground.hosted.host, settings: { ...ground.hosted.host.settings, ldapMaxRemovalPercent: 10 } }
    for (const uid of ['p5', 'p6', 'p7']) await ground.ldap.modify(`dn: ${personDn(uid)}\nchangetype: delete\n`)
    const before = await ground.hosted.rows()
    expect(await syncChanges(host, { signal: signal() }, ground.memory)).toMatchObject({ outcome: 'refused' })
    expect(await ground.hosted.rows()).toEqual(before)
    expect(await syncChanges(host, { signal: signal() }, ground.memory)).toBeUndefined()
    expect(await sync(host, { signal: signal() }, ground.memory)).toMatchObject({ outcome: 'refused' })
  })
})

test('a directory that refuses to search by time is left to whole runs', async () => {
  const databaseLines = ['limits users size.unchecked=12']
  const { ldap, memory, hosted, stop } = await begin({}, { overlays: ['refint'], databaseLines })
  try {
    expect(memory).toMatchObject({ last: undefined, without: 'changes' })
    await ldap.modify(`dn: ${personDn('p1')}\nchangetype: modify\nreplace: sn\nsn: Changed\n`)
    expect(await syncChanges(hosted.host, { signal: signal() }, memory)).toBeUndefined()
    expect(await sync(hosted.host, { signal: signal() }, memory)).toMatchObject({ outcome: 'applied', counts: { updated: 1 } })
  } finally {
    await stop()
  }
})
