// With LDAP_LIVE the network between slapd and us is cut for a minute, once with a word and once without: nothing is lost, nothing made twice.
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { type TestContext, test } from 'vitest'
import { freePort } from '../../sample/free-port.ts'
import { startOpenLdap } from '../../sample/openldap.ts'
import { group, person, personDn } from '../../sample/seed.ts'
import { relay } from '../support/relay.ts'
import { ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

const ldif = [
  ...['ada', 'grace', 'joan'].map((uid) => person({ uid, givenName: uid, sn: 'First' })),
  group('_pocket_id_admins', ['ada']),
]
const host = '127.0.0.1'
const minuteMilliseconds = 60_000

/** A directory, an instance that listens to it, and the wire between them. */
async function start(finished: TestContext['onTestFinished']) {
  const ldap = await startOpenLdap({ ldif })
  finished(ldap.stop)
  const port = await freePort()
  const connect = () => relay({ host, port }, { host, port: ldap.port })
  let wire = await connect()
  finished(() => wire.close())
  const live = { LDAP_LIVE: 'true', LDAP_MAX_REMOVAL_PERCENT: '100' }
  const instance = await startLdapInstance({ ...ldapEnvironment({ ...ldap, url: `ldap://${host}:${port}` }), ...live })
  finished(instance.stop)
  return {
    ldap,
    instance,
    wire: () => wire,
    reconnect: async () => {
      wire = await connect()
    },
    rename: (uid: string, sn: string) => ldap.modify(`dn: ${personDn(uid)}\nchangetype: modify\nreplace: sn\nsn: ${sn}\n`),
    nameOf: async (uid: string) => (await instance.user(uid))?.lastName,
    /** How many times somebody got this name, over all runs. */
    async timesChanged(sn: string): Promise<number> {
      const runs = await instance.ground.db.read.all<{ report: string }>(sql`select report from ldap_runs`)
      return runs.filter(({ report }) => report.includes(`"after":{"lastName":"${sn}"`)).length
    },
  }
}

/** Waits until it is so; the test's own time limit ends it. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await pause(50)
}

// Both do little but wait, so they wait together.
test.concurrent('a network that is cut for a minute', { timeout: 600_000 }, async ({ expect, onTestFinished }) => {
  const { wire, reconnect, rename, nameOf, timesChanged } = await start(onTestFinished)
  await rename('ada', 'Before the cut')
  await until(async () => (await nameOf('ada')) === 'Before the cut')
  await wire().close()
  await rename('ada', 'During the cut')
  await pause(minuteMilliseconds)
  expect(await nameOf('ada')).toBe('Before the cut')
  await reconnect()
  await until(async () => (await nameOf('ada')) === 'During the cut')
  await rename('grace', 'After the cut')
  await until(async () => (await nameOf('grace')) === 'After the cut')
  const times = await Promise.all(['Before the cut', 'During the cut', 'After the cut'].map(timesChanged))
  expect(times).toEqual([1, 1, 1])
})

const swallowing = 'a network that swallows everything for a minute and says nothing'
test.concurrent(swallowing, { timeout: 600_000 }, async ({ expect, onTestFinished }) => {
  const { ldap, instance, wire, rename, nameOf, timesChanged } = await start(onTestFinished)
  await rename('ada', 'Before silence')
  await until(async () => (await nameOf('ada')) === 'Before silence')
  const before = wire().taken()
  wire().mute()
  await rename('ada', 'In silence')
  await ldap.modify(`dn: ${personDn('joan')}\nchangetype: delete\n`)
  await pause(minuteMilliseconds)
  expect(await nameOf('ada')).toBe('Before silence')
  // A connection that nobody ended is given up, and another one tried.
  await until(() => wire().taken() > before)
  wire().unmute()
  await until(async () => (await nameOf('ada')) === 'In silence')
  await until(async () => (await instance.user('joan'))?.disabled === true)
  await rename('grace', 'After silence')
  await until(async () => (await nameOf('grace')) === 'After silence')
  expect(await Promise.all(['Before silence', 'In silence', 'After silence'].map(timesChanged))).toEqual([1, 1, 1])
})
