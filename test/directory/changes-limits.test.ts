// Changes of an OpenLDAP that hands out few entries an answer, as it does unless it is told otherwise.
import { expect, test } from 'vitest'
import { startOpenLdap } from '../../sample/openldap.ts'
import { person, personDn } from '../../sample/seed.ts'
import { type Memory, peek } from '../../src/plugins/ldap/changes/reading.ts'
import { sync, syncChanges } from '../../src/plugins/ldap/sync.ts'
import { startHosted } from './hosted.ts'
import { ldapEnvironment } from './ldap-instance.ts'

const signal = () => new AbortController().signal
const names = Array.from({ length: 30 }, (_, at) => `p${at}`)

test('more changes than one answer may hold are found by reading everything, once', async () => {
  const people = names.map((uid) => person({ uid, givenName: uid, sn: 'First' }))
  const ldap = await startOpenLdap({ ldif: people, sizeLimit: '10 size.prtotal=unlimited' })
  const hosted = await startHosted({ ...ldapEnvironment(ldap), LDAP_PAGE_SIZE: '10' })
  try {
    const { host } = hosted
    const memory: Memory = {}
    expect(await sync(host, { signal: signal() }, memory)).toMatchObject({ outcome: 'applied', counts: { created: 30 } })
    expect(memory.last?.bookmark.way.kind).toBe('sync')
    const changes = names.slice(0, 20).map((uid) => `dn: ${personDn(uid)}\nchangetype: modify\nreplace: sn\nsn: Changed\n\n`)
    await ldap.modify(changes.join(''))
    expect(await peek(host, signal(), memory)).toBe('changes')
    const report = await syncChanges(host, { signal: signal() }, memory)
    expect(report).toMatchObject({ outcome: 'applied', counts: { updated: 20 } })
    expect(report?.scope).toBeUndefined()
    expect(await peek(host, signal(), memory)).toBe('nothing')
  } finally {
    await hosted.instance.stop()
    await ldap.stop()
  }
})
