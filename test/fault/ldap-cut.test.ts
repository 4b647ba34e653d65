// A real slapd behind a wire that is cut: at each page, in the bind, in the middle of an entry. Whatever was read counts for nothing.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from '../directory/ldap-instance.ts'

/** Passes bytes on to slapd; of what comes back only as many as `left`, then both ends are cut. */
interface Wire {
  readonly port: number
  left: number
  passed: number
  close(): Promise<void>
}

async function startWire(target: number): Promise<Wire> {
  const open = new Set<Socket>()
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect(target, '127.0.0.1')
    const cut = () => {
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) open.add(socket.on('error', cut).on('close', cut))
    near.pipe(far)
    far.on('data', (chunk: Buffer) => {
      const part = chunk.subarray(0, Math.max(0, wire.left))
      wire.left -= chunk.length
      wire.passed += part.length
      near.write(part, () => wire.left < 0 && cut())
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const wire: Wire = {
    port: typeof address === 'object' && address ? address.port : 0,
    left: Number.POSITIVE_INFINITY,
    passed: 0,
    async close() {
      for (const socket of open) socket.destroy()
      await once(server.close(), 'close')
    },
  }
  return wire
}

describe('a wire that is cut', () => {
  let ldap: OpenLdap
  let wire: Wire
  let instance: LdapInstance
  let whole: number
  let before: string
  beforeAll(async () => {
    ldap = await startOpenLdap({ users: 80 })
    wire = await startWire(ldap.port)
    const environment = ldapEnvironment({ ...ldap, url: `ldap://127.0.0.1:${wire.port}` })
    instance = await startLdapInstance({ ...environment, LDAP_PAGE_SIZE: '20' })
    expect(await instance.user('user000079')).toBeDefined()
    wire.passed = 0
    expect(await instance.sync()).toMatchObject({ outcome: 'applied', read: { whole: true } })
    whole = wire.passed
    before = await instance.rows()
  })
  afterAll(async () => {
    await instance?.stop()
    await wire?.close()
    await ldap?.stop()
  })

  // In the bind, and then at fifteen places over the pages of users and of groups; the last byte is the last one missing.
  const places = [5, ...Array.from({ length: 14 }, (_, at) => (at + 1) / 15), -1]
  test.each(places)('place %# (%s): nothing is changed, and the next run is clean', async (place) => {
    wire.left = place < 0 ? whole + place : place < 1 ? Math.floor(whole * place) : place
    const report = await instance.sync()
    expect(report).toMatchObject({
      outcome: 'failed',
      reasons: [expect.stringMatching(/^LDAP_URL: the directory closed the conn/)],
    })
    expect(await instance.rows()).toBe(before)
    wire.left = Number.POSITIVE_INFINITY
    expect(await instance.sync()).toMatchObject({ outcome: 'applied', read: { users: 80, whole: true }, counts: { updated: 0 } })
    expect(await instance.rows()).toBe(before)
  })
})
