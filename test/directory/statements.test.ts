// How many statements a run needs when nothing changed: as many for many people as for few, beside the slices it reads in.
import { afterEach, expect, test } from 'vitest'
import type { Database, Transaction } from '#core/db/client.ts'
import { startOpenLdap } from '../../sample/openldap.ts'
import { sync } from '../../src/plugins/ldap/sync.ts'
import { startHosted } from './hosted.ts'
import { ldapEnvironment } from './ldap-instance.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** The same database, whose statements are counted; writes also by the tables they name. */
function counting(db: Database) {
  const counted = { reads: 0, writes: [] as string[] }
  const count = <T extends object>(target: T, note: (query: unknown) => void): T =>
    new Proxy(target, {
      get(of, name, receiver) {
        const held: unknown = Reflect.get(of, name, receiver)
        if (typeof held !== 'function') return held
        return (...args: unknown[]) => {
          note(args[0])
          return Reflect.apply(held, of, args)
        }
      },
    })
  const written = (query: unknown) => {
    const text = JSON.stringify((query as { queryChunks?: unknown }).queryChunks ?? query)
    counted.writes.push(/(?:insert (?:or ignore )?into|update|delete from) (\w+)/.exec(text)?.[1] ?? text)
  }
  const counter: Database = {
    ...db,
    read: count(db.read, () => counted.reads++),
    write: (work) => db.write((tx, turn) => work(count<Transaction>(tx, written), turn)),
  }
  return { counter, counted }
}

async function statementsFor(users: number) {
  const ldap = await startOpenLdap({ users })
  closers.push(ldap.stop)
  const { host, instance, rows } = await startHosted(ldapEnvironment(ldap))
  closers.push(instance.stop)
  const { signal } = new AbortController()
  expect(await sync(host, { signal })).toMatchObject({ outcome: 'applied', counts: { created: users } })
  await sync(host, { signal })
  const before = await rows()
  const { counter, counted } = counting(host.db)
  expect(await sync({ ...host, db: counter }, { signal })).toMatchObject({ outcome: 'applied', counts: { created: 0 } })
  expect(await rows()).toEqual(before)
  return counted
}

test('an unchanged run writes nothing but that it was there, in as many statements for 1,500 people as for 200', async () => {
  const few = await statementsFor(200)
  const many = await statementsFor(1_500)
  expect(few.writes).toEqual(['ldap_runs'])
  expect(many.writes).toEqual(few.writes)
  expect(many.reads).toBe(few.reads)
  expect(few.reads).toBeLessThan(20)
})

test('each further slice of 2,000 people is one statement more', async () => {
  const one = await statementsFor(1_500)
  const three = await statementsFor(4_500)
  expect(three.reads - one.reads).toBe(2)
  expect(three.writes).toEqual(['ldap_runs'])
})
