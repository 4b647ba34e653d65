// What must be so with every directory, whatever server it is: one suite, run over each.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Kind } from '../../src/plugins/ldap/presets.ts'
import { collect } from '../../src/plugins/ldap/read/collect.ts'
import type { Directory } from '../../src/plugins/ldap/wire/directory.ts'
import { type LdapInstance, lastRunLine, startLdapInstance } from './ldap-instance.ts'
import { ldapSettings, open } from './open.ts'

/** A directory with the people of `cast`, however its kind writes them. */
export interface Subject {
  readonly kind: Kind
  /** The variables an operator sets: address, account, base and preset, and nothing that the preset knows. */
  readonly environment: Readonly<Record<string, string>>
  /** How many of u00000 and on there are. */
  readonly users: number
  /** Where their addresses are. */
  readonly domain: string
  /** The unique id of somebody, as the server has it, in the form that Pocket ID stores. */
  idOf(username: string): string | RegExp
  /** Entries that the user filter finds and that can be no account here, by a part of the reason. */
  readonly leftOut: readonly RegExp[]
  /** Member values that lead to nobody here; every run counts them. */
  readonly outside: number
  readonly referrals?: number
  /** The groups beside the common ones. */
  readonly moreGroups?: Readonly<Record<string, readonly string[]>>
  /** Groups inside groups, which not every kind has. */
  readonly isNested: boolean
  /** Switches somebody off or on in the directory, as its kind does that; where it has no such thing, by taking the entry away. */
  switch(username: string, on: boolean): Promise<void>
  /** Gives somebody another user name; everything else stays, the id too. */
  rename(username: string, to: string): Promise<void>
  stop(): Promise<void>
}

export const userName = (index: number): string => `u${String(index).padStart(5, '0')}`
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => userName(from + at))

/** The memberships that everybody's directory has: direct ones, escapes, nested ones and a circle. */
const commonGroups = ({ users, isNested }: Subject): Readonly<Record<string, readonly string[]>> => ({
  _pocket_id_admins: range(0, 2),
  'all-users': range(0, users),
  escapes: ['jdoe'],
  empty: [],
  'with-outsiders': range(0, 1),
  ...(isNested
    ? {
        'cycle-x': range(8, 10),
        'cycle-y': range(8, 10),
        'nested-a': range(2, 8),
        'nested-b': range(2, 6),
        'nested-c': range(2, 4),
      }
    : {}),
})

/** A domain with 2,000 users is made in half a minute, and in more beside other tests. */
const patienceMilliseconds = 600_000

/** @param start opens the directory; called once */
export function describeDirectory(name: string, start: () => Promise<Subject>): void {
  describe(name, () => {
    let subject: Subject
    let instance: LdapInstance
    beforeAll(async () => {
      subject = await start()
      const { environment } = subject
      instance = await startLdapInstance({ LDAP_ENABLED: 'true', DISABLE_RATE_LIMITING: 'true', ...environment })
    }, patienceMilliseconds)
    afterAll(async () => {
      await instance?.stop()
      await subject?.stop()
    })
    const byName = async (username: string) => {
      const path = `/api/users?search=${encodeURIComponent(username)}`
      const { data } = (await (await instance.asAdmin(path)).json()) as { data: { id: string; username: string }[] }
      return data.find((one) => one.username === username)
    }

    test('is recognised, and its preset is the one that is set', async () => {
      const found = await (await instance.asAdmin('/api/ldap/detect', { method: 'POST' })).json()
      expect(found).toMatchObject({ settings: { ldapPreset: subject.kind } })
      expect(subject.environment.LDAP_PRESET).toBe(subject.kind)
    })

    test('becomes accounts with names, addresses and ids', async () => {
      expect(lastRunLine(instance)).toMatch(/Job run successfully/)
      const count = await instance.ground.db.read.all<{ n: number }>("select count(*) as n from users where username glob 'u0*'")
      expect(Number(count[0]?.n)).toBe(subject.users)
      for (const username of [userName(0), userName(subject.users - 1), 'jdoe']) {
        const account = await byName(username)
        expect(account).toMatchObject({ username, email: `${username}@${subject.domain}`, disabled: false })
        const id = subject.idOf(username)
        expect((account as unknown as { ldapId: string }).ldapId).toEqual(id instanceof RegExp ? expect.stringMatching(id) : id)
      }
      expect(await byName(userName(0))).toMatchObject({ firstName: 'Björn', lastName: 'Müller', isAdmin: true })
      expect(await byName(userName(2))).toMatchObject({ isAdmin: false })
    })

    test('becomes groups with everybody who is in them, nested ones and circles too', async () => {
      const groups = await instance.groups()
      expect(groups).toEqual({ ...commonGroups(subject), ...subject.moreGroups })
    })

    test('is read whole, with what is left out counted and named', async () => {
      const report = await instance.sync()
      expect(report.read).toMatchObject({ whole: true, membersOutside: subject.outside, referrals: subject.referrals ?? 0 })
      expect(report.skipped.map(({ why }) => why).sort()).toEqual(subject.leftOut.map((why) => expect.stringMatching(why)))
    })

    test('changes no row when it is read again', async () => {
      const before = await instance.rows()
      expect(await instance.sync()).toMatchObject({ outcome: 'applied', counts: { updated: 0, membersAdded: 0, disabled: 0 } })
      expect(await instance.rows()).toBe(before)
    })

    test('is asked for pages and long lists, never for a single member', async () => {
      const settings = ldapSettings(subject.environment)
      const directory = await open(settings)
      let asked = 0
      const counting: Directory = {
        ...directory,
        ask(search) {
          asked++
          return directory.ask(search)
        },
      }
      try {
        const mapping = { settings, requireEmail: true, now: new Date() }
        await collect(counting, mapping, { digestOf: () => '', held: () => undefined })
      } finally {
        await directory.close()
      }
      expect(asked).toBeGreaterThan(1)
      expect(asked).toBeLessThan(4 + Math.ceil(subject.users / 1000) + Math.ceil(subject.users / 1500))
    })

    test('an account switched off there is off here; an administrator’s own word stays when it comes back', async () => {
      const { id } = (await byName(userName(3))) ?? { id: '' }
      const disabled = async () => (await (await instance.asAdmin(`/api/users/${id}`)).json()) as { disabled: boolean }
      const turn = async (on: boolean) => {
        await subject.switch(userName(3), on)
        await instance.sync()
        return (await disabled()).disabled
      }
      expect(await turn(false)).toBe(true)
      expect(await turn(true)).toBe(false)
      const { users } = await import('#core/db/tables.ts')
      const { eq } = await import('drizzle-orm')
      await instance.ground.db.write((tx) => tx.update(users).set({ disabled: true }).where(eq(users.id, id)))
      expect(await turn(false)).toBe(true)
      expect(await turn(true)).toBe(true)
      await instance.ground.db.write((tx) => tx.update(users).set({ disabled: false }).where(eq(users.id, id)))
    })

    test('somebody renamed is the same account', async () => {
      const before = await byName(userName(4))
      await subject.rename(userName(4), 'renamed')
      expect(await instance.sync()).toMatchObject({ outcome: 'applied', counts: { created: 0, disabled: 0, removed: 0 } })
      expect((await byName('renamed'))?.id).toBe(before?.id)
      expect(await byName(userName(4))).toBeUndefined()
    })
  })
}
