// Changes of Active Directory, as Samba is one, by DirSync and an account without the right to replicate; a whole run agrees after each.
import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Memory, peek } from '../../src/plugins/ldap/changes/reading.ts'
import { sync, syncChanges } from '../../src/plugins/ldap/sync.ts'
import { explain } from '../../src/plugins/ldap/tell/explain.ts'
import { changeCount } from '../../src/plugins/ldap/tell/report.ts'
import { type Samba, startSamba } from '../support/samba.ts'
import { accountDn, adGroupDn, domain } from '../support/samba-seed.ts'
import { type Hosted, startHosted } from './hosted.ts'
import { startLdapInstance } from './ldap-instance.ts'
import { expectRetold } from './retold.ts'
import { createStory, type Dialect, everybody, membersOf, storyOf, teams, unit } from './stories.ts'

const run = promisify(execFile)
const signal = () => new AbortController().signal
const written = (dn: string) => `dn:: ${Buffer.from(dn).toString('base64')}`

let samba: Samba
beforeAll(async () => {
  samba = await startSamba({ users: 40 })
})
afterAll(() => samba?.stop())

describe('changes of Active Directory', () => {
  let hosted: Hosted
  const memory: Memory = {}
  beforeAll(async () => {
    hosted = await startHosted({
      ...{ LDAP_URL: samba.ldapsUrl, LDAP_CA_FILE: samba.caFile, UI_CONFIG_DISABLED: 'true' },
      ...{ LDAP_BIND_DN: samba.bindDn, LDAP_BIND_PASSWORD: samba.bindPassword, LDAP_NESTED_GROUPS: 'true' },
      ...{ LDAP_BASE: samba.base, LDAP_PRESET: 'active-directory', LDAP_ADMIN_GROUP_NAME: '_pocket_id_admins' },
    })
    expect(await sync(hosted.host, { signal: signal() }, memory)).toMatchObject({ outcome: 'applied', reasons: [] })
    expect(memory.last?.bookmark.way.kind).toBe('dirsync')
  })
  afterAll(() => hosted?.instance.stop())

  const changes = () => syncChanges(hosted.host, { signal: signal() }, memory)
  const expectAgreement = async () => {
    const whole = await sync(hosted.host, { signal: signal() })
    expect(whole.changes).toEqual([])
    expect(changeCount(whole)).toBe(0)
  }

  test('where nothing changed there is nothing to do', async () => {
    expect(await peek(hosted.host, signal(), memory)).toBe('nothing')
  })

  test('a value, a lock, a new name and a new place in the tree', async () => {
    await samba.modify(`${written(accountDn(3))}\nchangetype: modify\nreplace: sn\nsn: Changed\n`)
    await samba.modify(`${written(accountDn(4))}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 546\n`)
    await samba.modify(`${written(accountDn(5))}\nchangetype: modrdn\nnewrdn: CN=Renamed\ndeleteoldrdn: 1\n`)
    expect(await changes()).toMatchObject({ outcome: 'applied', scope: 'changes', counts: { disabled: 1 } })
    await expectAgreement()
  })

  test('too many wrong passwords shut out for as long as the domain says, and no longer', async () => {
    const policy = (name: string, value: string) =>
      samba.modify(`dn: ${domain}\nchangetype: modify\nreplace: ${name}\n${name}: ${value}\n`)
    const isOut = async () => {
      const [row] = await hosted.host.db.read.all<{ out: number }>(
        sql`select source_disabled as out from users where source_entry = ${accountDn(6)}`,
      )
      return row?.out
    }
    await policy('lockoutThreshold', '3')
    await policy('lockoutDuration', '-18000000000')
    for (let wrong = 0; wrong < 4; wrong++)
      await run('ldapwhoami', ['-x', '-H', samba.url, '-D', accountDn(6), '-w', 'wrong']).catch(() => undefined)
    const whole = () => sync(hosted.host, { signal: signal() }, memory)
    expect(await whole()).toMatchObject({ outcome: 'applied', counts: { disabled: 1 } })
    expect(await isOut()).toBe(1)
    const findings = () => explain(hosted.host, { user: accountDn(6) }, signal())
    expect(await findings()).toContainEqual(expect.objectContaining({ about: 'standing', verdict: 'no' }))
    // The entry says lockoutTime as before; by the domain's policy the time is over.
    await policy('lockoutDuration', '-1')
    const isOver = { about: 'standing', verdict: 'note', detail: expect.stringContaining('that time is over') }
    // Samba counts in whole seconds: within that of the lock it still holds.
    await expect.poll(findings).toContainEqual(expect.objectContaining(isOver))
    expect(await whole()).toMatchObject({ outcome: 'applied', counts: { updated: 1, disabled: 0 } })
    expect(await isOut()).toBe(0)
  })

  test('members who join and leave, in nested groups too', async () => {
    await samba.modify(
      `dn: ${adGroupDn('nested-c')}\nchangetype: modify\nadd: member\nmember:: ${Buffer.from(accountDn(20)).toString('base64')}\n`,
    )
    expect(await changes()).toMatchObject({ outcome: 'applied', scope: 'changes', counts: { membersAdded: 3 } })
    await expectAgreement()
    await samba.modify(
      `dn: ${adGroupDn('nested-c')}\nchangetype: modify\ndelete: member\nmember:: ${Buffer.from(accountDn(20)).toString('base64')}\n`,
    )
    expect(await changes()).toMatchObject({ outcome: 'applied', scope: 'changes', counts: { membersRemoved: 3 } })
    await expectAgreement()
  })
})

let told = 0

/** A unit of its own for each story, in which names are the story's own. */
function inSamba(): Dialect & { readonly seed: string } {
  const story = `s${++told}-`
  const base = `OU=${story},${samba.base}`
  const people = `OU=people,${base}`
  const unitOf = (dn: string) => `dn: ${dn}\nobjectClass: organizationalUnit\n\n`
  const person = (uid: string) =>
    [
      ...[`dn: CN=${uid},${people}`, 'objectClass: user', `sAMAccountName: ${story}${uid}`, `mail: ${uid}@example.org`],
      ...['givenName: Person', 'sn: First', `displayName: Person ${uid}`, 'userAccountControl: 544', '\n'],
    ].join('\n')
  const groupDn = (cn: string) => `CN=${cn},${base}`
  const group = (cn: string, members: readonly string[]) =>
    [
      ...[`dn: ${groupDn(cn)}`, 'objectClass: group', `sAMAccountName: ${story}${cn}`, 'groupType: -2147483646'],
      ...[...members.map((dn) => `member: ${dn}`), '\n'],
    ].join('\n')
  const groups = teams.map((cn) =>
    group(
      cn,
      membersOf(cn).map((uid) => `CN=${uid},${people}`),
    ),
  )
  return {
    ...{ modify: samba.modify, base, people, rdn: (name) => `CN=${name}`, person, groupDn, group, leaving: 'department' },
    lock: (locked) => ['replace: userAccountControl', `userAccountControl: ${locked ? 546 : 544}`],
    seed: [unitOf(base), unitOf(people), unitOf(`OU=${unit},${base}`), ...everybody.map(person), ...groups].join(''),
  }
}

const environmentOf = (dialect: Dialect) => ({
  ...{ LDAP_URL: samba.ldapsUrl, LDAP_CA_FILE: samba.caFile, LDAP_BASE: dialect.base, LDAP_PRESET: 'active-directory' },
  ...{ LDAP_BIND_DN: samba.bindDn, LDAP_BIND_PASSWORD: samba.bindPassword, LDAP_ATTRIBUTE_GROUP_NAME: 'cn' },
  ...{ LDAP_USER_SEARCH_FILTER: '(&(objectCategory=person)(objectClass=user)(!(department=left)))' },
  ...{ LDAP_ADMIN_GROUP_NAME: '_pocket_id_admins', UI_CONFIG_DISABLED: 'true' },
  ...{ LDAP_MAX_REMOVAL_PERCENT: '100', LDAP_MAX_MEMBER_REMOVAL_PERCENT: '100', LDAP_PAGE_SIZE: '2' },
})

const story = storyOf(
  createStory({ base: '', people: '', rdn: String, groupDn: String, lock: () => [] } as unknown as Dialect).names,
)
const ids = (name: string) => ({ LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER: name, LDAP_ATTRIBUTE_GROUP_UNIQUE_IDENTIFIER: name })

describe.each([
  ['by DirSync', 'dirsync', {}],
  ['by DirSync, with groups in groups and primary groups', 'dirsync', { LDAP_NESTED_GROUPS: 'true', LDAP_PRIMARY_GROUP: 'true' }],
  ['by the numbers of changes, where entries are known by another id', 'usn', ids('objectSid')],
])('random changes of Active Directory, %s', (_, kind, settings) => {
  test('come to the same as reading everything', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (handfuls) => {
        const dialect = inSamba()
        await samba.modify(dialect.seed)
        await expectRetold({ ...environmentOf(dialect), ...settings }, dialect, handfuls, { kind })
      }),
      { numRuns: 2 },
    )
  }, 600_000)
})

test('with LDAP_LIVE changes of Active Directory are here by themselves, deletions included', async () => {
  const dialect = inSamba()
  await samba.modify(dialect.seed)
  const instance = await startLdapInstance({ ...environmentOf(dialect), LDAP_ENABLED: 'true', LDAP_LIVE: 'true' })
  const find = async (uid: string) => (await instance.users()).find((one) => one.email === `${uid}@example.org`)
  const until = async (isSo: () => Promise<boolean>) => {
    while (!(await isSo())) await pause(100)
  }
  try {
    const change = (uid: string, ...lines: readonly string[]) =>
      samba.modify([`dn: CN=${uid},${dialect.people}`, 'changetype: modify', ...lines, ''].join('\n'))
    await change('p1', 'replace: sn', 'sn: Live')
    await until(async () => (await find('p1'))?.lastName === 'Live')
    await change('p2', 'replace: userAccountControl', 'userAccountControl: 546')
    await until(async () => (await find('p2'))?.disabled === true)
    await samba.modify(`dn: CN=p3,${dialect.people}\nchangetype: delete\n`)
    await until(async () => (await find('p3'))?.disabled === true)
  } finally {
    await instance.stop()
  }
})
