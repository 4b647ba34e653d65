// With LDAP_LIVE the network between slapd and us is cut for a minute, once with a word and once without: nothing is lost, nothing made twice.
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { group, person, personDn } from '../../sample/seed.ts'
import { type Relay, relay } from '../support/relay.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

const ldif = [
  ...['ada', 'grace', 'joan'].map((uid) => person({ uid, givenName: uid, sn: 'First' })),
  group('_pocket_id_admins', ['ada']),
]
const host = '127.0.0.1'
const minuteMilliseconds = 60_000

let ldap: OpenLdap
let wire: Relay
let instance: LdapInstance
beforeAll(async () => {
  ldap = await startOpenLdap({ ldif })
  wire = await relay({ host, port: 0 }, { host, port: ldap.port })
  const { port } = wire.server.address() as AddressInfo
  const live = { LDAP_LIVE: 'true', LDAP_MAX_REMOVAL_PERCENT: '100' }
  instance = await startLdapInstance({ ...ldapEnvironment({ ...ldap, url: `ldap://${host}:${port}` }), ...live })
})
afterAll(async () => {
  await instance?.stop()
  await wire?.close()
  await ldap?.stop()
})

const rename = (uid: string, sn: string) => ldap.modify(`dn: ${personDn(uid)}\nchangetype: modify\nreplace: sn\nsn: ${sn}\n`)
const nameOf = async (uid: string) => (await instance.user(uid))?.lastName
/** Waits until it is so; the test's own time limit ends it. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await pause(50)
}
/** How many times somebody got this name, over all runs. */
async function timesChanged(sn: string): Promise<number> {
  const runs = await instance.ground.db.read.all<{ report: string }>(sql`select report from ldap_runs`)
  return runs.filter(({ report }) => report.includes(`"after":{"lastName":"${sn}"`)).length
}

test('a network that is cut for a minute', async () => {
  await rename('ada', 'Before the cut')
  await until(async () => (await nameOf('ada')) === 'Before the cut')
  const { port } = wire.server.address() as AddressInfo
  await wire.close()
  await rename('ada', 'During the cut')
  await pause(minuteMilliseconds)
  expect(await nameOf('ada')).toBe('Before the cut')
  wire = await relay({ host, port }, { host, port: ldap.port })
  await until(async () => (await nameOf('ada')) === 'During the cut')
  await rename('grace', 'After the cut')
  await until(async () => (await nameOf('grace')) === 'After the cut')
  const times = await Promise.all(['Before the cut', 'During the cut', 'After the cut'].map(timesChanged))
  expect(times).toEqual([1, 1, 1])
}, 300_000)

test('a network that swallows everything for a minute and says nothing', async () => {
  await rename('ada', 'Before silence')
  await until(async () => (await nameOf('ada')) === 'Before silence')
  const before = wire.taken()
  wire.mute()
  await rename('ada', 'In silence')
  await ldap.modify(`dn: ${personDn('joan')}\nchangetype: delete\n`)
  await pause(minuteMilliseconds)
  expect(await nameOf('ada')).toBe('Before silence')
  // A connection that nobody ended was given up, and another one tried.
  expect(wire.taken()).toBeGreaterThan(before)
  wire.unmute()
  await until(async () => (await nameOf('ada')) === 'In silence')
  await until(async () => (await instance.user('joan'))?.disabled === true)
  await rename('grace', 'After silence')
  await until(async () => (await nameOf('grace')) === 'After silence')
  expect(await Promise.all(['Before silence', 'In silence', 'After silence'].map(timesChanged))).toEqual([1, 1, 1])
}, 300_000)
