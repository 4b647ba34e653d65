// A directory that locks accounts: an account that is refused is not asked with until it is locked, however often we look what changed.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { sql } from 'drizzle-orm'
import { afterEach, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { base, entry, group, person, personDn } from '../../sample/seed.ts'
import { startWatch } from '../../src/plugins/ldap/changes/watch.ts'
import { createThread } from '../../src/plugins/ldap/thread.ts'
import { startHosted } from './hosted.ts'
import { ldapEnvironment } from './ldap-instance.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const policy = `cn=policy,${base}`
const ldif = [
  person({ uid: 'ada', givenName: 'Ada', sn: 'First' }),
  group('staff', ['ada']),
  entry(policy, {
    objectClass: ['applicationProcess', 'pwdPolicy'],
    ...{ cn: 'policy', pwdAttribute: 'userPassword', pwdLockout: 'TRUE', pwdMaxFailure: '5' },
  }),
]
const setPassword = (ldap: OpenLdap, password: string) =>
  ldap.modify(`dn: ${ldap.bindDn}\nchangetype: modify\nreplace: userPassword\nuserPassword: ${password}\n`)
/** How often the account was refused, as the directory counts. */
async function refusals({ url, adminDn, adminPassword, bindDn }: OpenLdap): Promise<number> {
  const search = ['-x', '-LLL', '-H', url, '-D', adminDn, '-w', adminPassword, '-b', bindDn, '-s', 'base', 'pwdFailureTime']
  const { stdout } = await promisify(execFile)('ldapsearch', search)
  return stdout.split('\n').filter((line) => line.startsWith('pwdFailureTime:')).length
}

/** A hundredth of a second is a minute here. */
const times = { lookMilliseconds: 10, longestLookMilliseconds: 20, startMilliseconds: 0 }

async function begin(password?: string) {
  const ldap = await startOpenLdap({ ldif })
  closers.push(ldap.stop)
  await ldap.modify(`dn: ${ldap.bindDn}\nchangetype: modify\nadd: pwdPolicySubentry\npwdPolicySubentry: ${policy}\n`)
  const more = password === undefined ? {} : { LDAP_BIND_PASSWORD: password }
  const { host, instance } = await startHosted({ ...ldapEnvironment(ldap), LDAP_LIVE: 'true', ...more })
  closers.push(instance.stop)
  const thread = createThread(host)
  closers.push(thread.stop)
  let looks = 0
  const counted = {
    ...thread,
    peek: (signal: AbortSignal) => {
      looks++
      return thread.peek(signal)
    },
  }
  /** A whole run, as the hour or an administrator starts it. */
  const whole = () => thread.sync({ signal: new AbortController().signal })
  const watch = () => closers.push(startWatch(host, counted, times).stop)
  /** So many looks later. */
  const later = async (more: number) => {
    const until = looks + more
    await expect.poll(() => looks).toBeGreaterThanOrEqual(until)
  }
  const name = async () =>
    (await host.db.read.all<{ name: string }>(sql`select last_name as name from users where username = 'ada'`))[0]?.name
  return { ldap, whole, watch, later, name }
}

test('a password that is refused from the start is left to whole runs, and counts once it is right', async () => {
  const { ldap, whole, watch, later, name } = await begin('not-yet')
  expect(await whole()).toMatchObject({ outcome: 'failed', reasons: [expect.stringContaining('LDAP_BIND_PASSWORD')] })
  watch()
  await later(30)
  expect(await refusals(ldap)).toBe(1)
  await setPassword(ldap, 'not-yet')
  expect(await whole()).toMatchObject({ outcome: 'applied' })
  await ldap.modify(`dn: ${personDn('ada')}\nchangetype: modify\nreplace: sn\nsn: Later\n`)
  await expect.poll(name).toBe('Later')
})

test('so is one that is refused one day', async () => {
  const { ldap, whole, watch, later, name } = await begin()
  expect(await whole()).toMatchObject({ outcome: 'applied' })
  watch()
  await later(5)
  await setPassword(ldap, 'changed')
  await ldap.restart()
  await later(30)
  // The look and the ear may ask at the same moment.
  expect(await refusals(ldap)).toBeLessThanOrEqual(2)
  await setPassword(ldap, ldap.bindPassword)
  await ldap.modify(`dn: ${personDn('ada')}\nchangetype: modify\nreplace: sn\nsn: Later\n`)
  expect(await whole()).toMatchObject({ outcome: 'applied' })
  expect(await name()).toBe('Later')
  await ldap.modify(`dn: ${personDn('ada')}\nchangetype: modify\nreplace: sn\nsn: Last\n`)
  await expect.poll(name).toBe('Last')
})
