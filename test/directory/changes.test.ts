// What changed is brought in without reading everything, and comes to the same: random changes of a real slapd, checked by whole runs.
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { base, entry, group, groupDn, person, personDn } from '../../sample/seed.ts'
import type { Memory } from '../../src/plugins/ldap/changes/reading.ts'
import { sync, syncChanges } from '../../src/plugins/ldap/sync.ts'
import { changeCount } from '../../src/plugins/ldap/tell/report.ts'
import { type Hosted, startHosted } from './hosted.ts'
import { ldapEnvironment } from './ldap-instance.ts'

const everybody = Array.from({ length: 10 }, (_, at) => `p${at}`)
const teams = ['g0', 'g1', 'g2', '_pocket_id_admins']
const outsider = `cn=nobody,${base}`
const people = everybody.map((uid) => person({ uid, givenName: uid, sn: 'First' }))
const elsewhere = entry(`ou=elsewhere,${base}`, { objectClass: 'organizationalUnit', ou: 'elsewhere' })
const groups = teams.map((cn, at) => group(cn, everybody.slice(at, at + 4)).replace(/\n\n$/, `\nmember: ${outsider}\n\n`))

const environment = (ldap: OpenLdap) => ({
  ...ldapEnvironment(ldap),
  LDAP_USER_SEARCH_FILTER: '(&(objectClass=inetOrgPerson)(!(employeeType=left)))',
  LDAP_MAX_REMOVAL_PERCENT: '100',
  LDAP_MAX_MEMBER_REMOVAL_PERCENT: '100',
})
const signal = () => new AbortController().signal

type Actions = Readonly<Record<string, (a: number, b: number) => Promise<unknown> | undefined>>

/** Where nobody keeps references in order, a group knows some of its members by names they had before. */
const passOver = (error: Error) => {
  if (!/code (16|20)\b/.test(error.message)) throw error
}

/** The directory as the test knows it, and changes of it that fit. */
function createModel(ldap: OpenLdap) {
  const dns = new Map(everybody.map((uid) => [uid, personDn(uid)]))
  const left = new Set<string>()
  const members = new Map(teams.map((cn, at) => [cn, new Set(everybody.slice(at, at + 4))]))
  let made = 0
  const modify = (dn: string | undefined, ...lines: string[]) =>
    dn === undefined ? undefined : ldap.modify([`dn: ${dn}`, 'changetype: modify', ...lines, ''].join('\n'))
  const pick = <T>(list: Iterable<T>, at: number): T | undefined => [...list][at % Math.max(1, [...list].length)]
  const drop = (uid: string) => {
    for (const set of members.values()) set.delete(uid)
  }
  const actions: Actions = {
    modify: (a, b) => modify(dns.get(pick(dns.keys(), a) ?? ''), 'replace: sn', `sn: Name ${b}`),
    rename: (a) => {
      const uid = pick(dns.keys(), a)
      const dn = dns.get(uid ?? '')
      if (!uid || !dn) return undefined
      const name = `new${++made}`
      const parent = dn.slice(dn.indexOf(',') + 1)
      dns.set(uid, `uid=${name},${parent}`)
      return ldap.modify(`dn: ${dn}\nchangetype: modrdn\nnewrdn: uid=${name}\ndeleteoldrdn: 1\n`)
    },
    move: (a) => {
      const uid = pick(dns.keys(), a)
      const dn = dns.get(uid ?? '')
      if (!uid || !dn) return undefined
      const rdn = dn.slice(0, dn.indexOf(','))
      const parent = `ou=${dn.includes('ou=people') ? 'elsewhere' : 'people'},${base}`
      dns.set(uid, `${rdn},${parent}`)
      return ldap.modify(`dn: ${dn}\nchangetype: modrdn\nnewrdn: ${rdn}\ndeleteoldrdn: 0\nnewsuperior: ${parent}\n`)
    },
    delete: (a) => {
      const uid = pick(dns.keys(), a)
      const dn = dns.get(uid ?? '')
      if (!uid || !dn) return undefined
      dns.delete(uid)
      left.delete(uid)
      drop(uid)
      return ldap.modify(`dn: ${dn}\nchangetype: delete\n`)
    },
    create: (a) => {
      const uid = everybody.find((one, at) => !dns.has(one) && at >= a % everybody.length)
      if (!uid) return undefined
      dns.set(uid, personDn(uid))
      return ldap.modify(person({ uid, givenName: uid, sn: 'Again' }).replace(/^entryUUID:.*\n/m, ''))
    },
    leave: (a) => {
      const uid = pick(dns.keys(), a)
      if (!uid || left.has(uid)) return undefined
      left.add(uid)
      return modify(dns.get(uid), 'add: employeeType', 'employeeType: left')
    },
    comeBack: (a) => {
      const uid = pick(left, a)
      if (!uid) return undefined
      left.delete(uid)
      return modify(dns.get(uid), 'delete: employeeType')
    },
    join: (a, b) => {
      const uid = pick(dns.keys(), a)
      const [cn, set] = pick(members, b) ?? []
      if (!uid || !cn || set?.has(uid)) return undefined
      set?.add(uid)
      return modify(groupDn(cn), 'add: member', `member: ${dns.get(uid)}`)?.catch(passOver)
    },
    part: (a, b) => {
      const [cn, set] = pick(members, b) ?? []
      const uid = pick(set ?? [], a)
      if (!uid || !cn) return undefined
      set?.delete(uid)
      return modify(groupDn(cn), 'delete: member', `member: ${dns.get(uid)}`)?.catch(passOver)
    },
    disband: (a) => {
      const cn = pick(
        [...members.keys()].filter((one) => one !== '_pocket_id_admins'),
        a,
      )
      if (!cn) return undefined
      members.delete(cn)
      return ldap.modify(`dn: ${groupDn(cn)}\nchangetype: delete\n`)
    },
    found: (a) => {
      const cn = `team${++made}`
      const uid = pick(dns.keys(), a)
      members.set(cn, new Set(uid ? [uid] : []))
      const lines = ['objectClass: groupOfNames', `cn: ${cn}`, `member: ${outsider}`, ...(uid ? [`member: ${dns.get(uid)}`] : [])]
      return ldap.modify([`dn: ${groupDn(cn)}`, ...lines, ''].join('\n'))
    },
  }
  // Its session log is lost with it.
  const withRestart: Actions = { ...actions, restart: () => ldap.restart() }
  return { actions: withRestart, do: (name: string, a: number, b: number) => withRestart[name]?.(a, b) }
}

const names = Object.keys(createModel({} as OpenLdap).actions)
const step = fc.record({ name: fc.constantFrom(...names), a: fc.nat(50), b: fc.nat(50) })
/** Steps, a few at a time; what changed is brought in after each handful. */
const story = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 4, maxLength: 8 })

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
  expect(await sync(hosted.host, { signal: signal() }, memory)).toMatchObject({ outcome: 'applied', counts: { created: 10 } })
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

describe.each([
  ['who left is disabled', {}, {}],
  ['who left is removed', { LDAP_SOFT_DELETE_USERS: 'false' }, {}],
  ['groups keep the names of who left', {}, { overlays: ['syncprov'] as const }],
  ['groups in groups', { LDAP_NESTED_GROUPS: 'true' }, {}],
])('random changes, where %s', (_, settings, options) => {
  test('come to the same as reading everything', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (handfuls) => {
        const { ldap, hosted, memory, stop } = await begin(settings, options)
        try {
          const model = createModel(ldap)
          for (const handful of handfuls) {
            for (const { name, a, b } of handful) await model.do(name, a, b)
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

test('somebody new under the name of somebody who went is in no group that refint took that name from', async () => {
  const { ldap, hosted, memory, stop } = await begin({ LDAP_SOFT_DELETE_USERS: 'false' })
  try {
    const model = createModel(ldap)
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

  test('are found after the directory was started anew and had lost its session log', async () => {
    await modify('p2', 'Before')
    await ground.ldap.modify(`dn: ${personDn('p9')}\nchangetype: delete\n`)
    await ground.ldap.restart()
    expect(await changes()).toMatchObject({ outcome: 'applied', counts: { updated: 1, disabled: 1 } })
    await expectAgreement(ground.hosted, 'restart')
  })

  test.each(['garbage', 'rid=000,csn=20200101000000.000000Z#000000#000#000000'])(
    'are found with a bookmark that is of no use any more: %s',
    async (cookie) => {
      await modify('p3', cookie.slice(0, 20))
      const { last } = ground.memory
      if (!last) throw new Error('Nothing is remembered.')
      if (last.bookmark.kind !== 'sync') throw new Error('OpenLDAP has another bookmark.')
      const spoilt = { ...last.bookmark, users: Buffer.from(cookie), groups: Buffer.from(cookie) }
      ground.memory.last = { ...last, bookmark: spoilt }
      expect(await changes()).toMatchObject({ outcome: 'applied', counts: { updated: 1 } })
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
