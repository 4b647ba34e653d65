// Accounts that expire, or are let in again, by the clock alone: no directory tells of it, and nobody waits for the next whole run.
import { afterEach, expect, test } from 'vitest'
import { startOpenLdap } from '../../sample/openldap.ts'
import { person, personDn } from '../../sample/seed.ts'
import { type Memory, peek } from '../../src/plugins/ldap/changes/reading.ts'
import { sync, syncChanges } from '../../src/plugins/ldap/sync.ts'
import { startHosted } from './hosted.ts'
import { ldapEnvironment } from './ldap-instance.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const dayMilliseconds = 86_400_000
const signal = () => new AbortController().signal
const today = Math.floor(Date.now() / dayMilliseconds)
const expiring = (uid: string, day: number) =>
  person({ uid, givenName: uid, sn: 'X' })
    .replace(/^objectClass: .*$/m, '$&\nobjectClass: shadowAccount')
    .replace(/\n\n$/, `\nshadowExpire: ${day}\n\n`)

test('are shut out with the first look after that moment, once, and let in when the day is put off', async () => {
  const ldap = await startOpenLdap({ ldif: [expiring('ada', today + 2), expiring('grace', today + 200), expiring('hedy', -1)] })
  closers.push(ldap.stop)
  const { host, instance } = await startHosted(ldapEnvironment(ldap))
  closers.push(instance.stop)
  const memory: Memory = {}
  let days = 0
  const later = { ...host, clock: { now: () => new Date(Date.now() + days * dayMilliseconds) } }
  const changes = () => syncChanges(later, { signal: signal() }, memory)
  expect(await sync(later, { signal: signal() }, memory)).toMatchObject({
    outcome: 'applied',
    counts: { created: 3, disabled: 0 },
  })
  expect(await peek(later, signal(), memory)).toBe('nothing')

  days = 3
  expect(await peek(later, signal(), memory)).toBe('changes')
  expect(await changes()).toMatchObject({
    scope: 'changes',
    counts: { disabled: 1 },
    changes: [{ action: 'disable', name: 'ada' }],
  })
  expect(await peek(later, signal(), memory)).toBe('nothing')

  await ldap.modify(`dn: ${personDn('ada')}\nchangetype: modify\nreplace: shadowExpire\nshadowExpire: ${today + 10}\n`)
  expect(await changes()).toMatchObject({ changes: [{ action: 'enable', name: 'ada' }] })
  days = 11
  expect(await changes()).toMatchObject({ changes: [{ action: 'disable', name: 'ada' }] })
  expect(await sync(later, { signal: signal() }, memory)).toMatchObject({ outcome: 'applied', changes: [] })
})
