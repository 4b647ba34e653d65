// Where people sign in from, by a database of places: in the audit log, to whoever lets a device in, and in the letter of a new sign-in.
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { noteClientAddress } from '#core/http/client-address.ts'
import { type Downloads, startDownloads } from '../support/downloads.ts'
import { appUrl, type Instance } from '../support/instance.ts'
import { arrived, makeAda, postOffice } from '../support/letters.ts'
import { placeDatabase } from '../support/place-database.ts'
import { sessionOf } from '../support/session.ts'

interface Seen {
  readonly country: string
  readonly city: string
}

const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-places-'))
const path = join(folder, 'GeoLite2-City.mmdb')
const cities = placeDatabase([
  ['1.2.0.0/16', 'Portugal', 'Lisbon'],
  ['5.6.7.0/24', 'Iceland'],
])
const licenseKey = 'secret+key/of=MaxMind'
const { start: startWith, serve, end } = postOffice({ EMAIL_LOGIN_NOTIFICATION_ENABLED: 'true' })
const start = (environment: Readonly<Record<string, string>>, mailPort = 1) =>
  startWith(mailPort, { GEOLITE_DB_PATH: path, ...environment })
afterEach(async () => {
  await end()
  for (const name of readdirSync(folder)) rmSync(join(folder, name))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function signInFrom(instance: Instance, id: string, address: string): Promise<void> {
  const made = await instance.asAdmin(`/api/users/${id}/one-time-access-token`, { method: 'POST', body: {} })
  const { token } = (await made.json()) as { token: string }
  const request = new Request(`${appUrl}/api/one-time-access-token/${token}`, { method: 'POST' })
  noteClientAddress(request, () => address)
  expect((await instance.kernel.fetch(request)).status).toBe(200)
}

/** The place of the newest sign-in from there. */
async function noted(instance: Instance, address: string): Promise<Seen | undefined> {
  const read = async () =>
    ((await (await instance.asAdmin('/api/audit-logs/all')).json()) as { data: (Seen & { ipAddress: string | null })[] }).data
  await expect.poll(async () => (await read()).some((entry) => entry.ipAddress === address)).toBe(true)
  const entry = (await read()).find(({ ipAddress }) => ipAddress === address)
  return entry && { country: entry.country, city: entry.city }
}
const lisbon = { country: 'Portugal', city: 'Lisbon' }
const unknown = { country: '', city: '' }

describe('with a database that lies there', () => {
  test.each([
    ['1.2.3.4', lisbon],
    ['5.6.7.8', { country: 'Iceland', city: '' }],
    ['9.9.9.9', unknown],
    ['2606:4700::1111', unknown],
    ['192.168.1.4', { country: 'Internal Network', city: 'LAN' }],
    ['127.0.0.1', { country: 'Internal Network', city: 'localhost' }],
    ['100.100.1.1', { country: 'Internal Network', city: 'Tailscale' }],
  ])('a sign-in from %s is noted with %j', async (address, place) => {
    writeFileSync(path, cities)
    const instance = await start({})
    await signInFrom(instance, (await makeAda(instance)).id, address)
    expect(await noted(instance, address)).toEqual(place)
    const where = { '': undefined, 'Internal Network': 'internal' }[place.country] ?? (place.country && 'external')
    for (const location of ['internal', 'external']) {
      const answer = await instance.asAdmin(`/api/audit-logs/all?filters[location][0]=${location}&filters[event]=TOKEN_SIGN_IN`)
      expect(((await answer.json()) as { data: object[] }).data).toHaveLength(where === location ? 1 : 0)
    }
  })

  test('a letter of a sign-in and whoever lets a device in are told', async () => {
    writeFileSync(path, cities)
    const server = await serve()
    const instance = await start({}, server.port)
    const { id } = await makeAda(instance)
    await signInFrom(instance, id, '1.2.3.4')
    const [letter] = await arrived(server, 1)
    expect(letter?.mail.text).toContain('Place: Lisbon, Portugal')

    const asking = new Request(`${appUrl}/api/device-login/requests`, { method: 'POST' })
    noteClientAddress(asking, () => '1.2.3.4')
    const { userCode: code } = (await (await instance.kernel.fetch(asking)).json()) as { userCode: string }
    const headers = await sessionOf(instance, id)
    const seen = await instance.fetch('/api/device-login/verification', { method: 'POST', headers, body: { code } })
    expect(await seen.json()).toMatchObject({ ...lisbon, ipAddress: '1.2.3.4' })
    expect(await (await instance.fetch(`/device?code=${code}`, { headers })).text()).toContain('Lisbon, Portugal')
  })

  test('one that comes later or is replaced is read, and one that is none is told of once and stops nobody', async () => {
    const instance = await start({})
    const { id } = await makeAda(instance)
    await signInFrom(instance, id, '1.2.3.1')
    expect(await noted(instance, '1.2.3.1')).toEqual(unknown)
    writeFileSync(path, cities)
    await signInFrom(instance, id, '1.2.3.2')
    expect(await noted(instance, '1.2.3.2')).toEqual(lisbon)
    writeFileSync(path, 'not a database')
    utimesSync(path, 1_000, 1_000)
    for (const address of ['1.2.3.3', '1.2.3.4']) {
      await signInFrom(instance, id, address)
      expect(await noted(instance, address)).toEqual(unknown)
    }
    expect(instance.lines.filter((line) => line.includes('GEOLITE_DB_PATH'))).toHaveLength(1)
  })
})

describe('a database that is fetched', () => {
  let downloads: Downloads
  const from = (query = '?key=%s') => ({
    GEOLITE_DB_URL: `${downloads.url}/places${query}`,
    MAXMIND_LICENSE_KEY: licenseKey,
    OUTGOING_NETWORKS: '127.0.0.1',
  })
  const asked = `/places?key=${encodeURIComponent(licenseKey)}`
  const told = async (instance: Instance) => {
    await expect.poll(() => instance.lines.find((line) => line.includes('name=UpdateGeoLiteDB'))).toBeDefined()
    return instance.lines.find((line) => line.includes('name=UpdateGeoLiteDB')) ?? ''
  }
  beforeAll(async () => {
    downloads = await startDownloads()
  })
  afterEach(() => downloads.offers.clear())
  afterAll(() => downloads.stop())

  test('is there after a start, also over a redirect, in one step and for its owner alone', async () => {
    downloads.offers.set(asked, { location: '/stored/places.mmdb.gz?signature=1' })
    downloads.offers.set('/stored/places.mmdb.gz?signature=1', gzipSync(cities))
    const instance = await start(from())
    expect(await told(instance)).toMatch(/Job run successfully .*database=fetched/)
    await signInFrom(instance, (await makeAda(instance)).id, '1.2.3.4')
    expect(await noted(instance, '1.2.3.4')).toEqual(lisbon)
    expect(readdirSync(folder)).toEqual(['GeoLite2-City.mmdb'])
  })

  test('is left alone for two weeks, and then fetched anew', async () => {
    writeFileSync(path, placeDatabase([['1.2.0.0/16', 'Portugal', 'Porto']]))
    downloads.offers.set(asked, cities)
    const before = downloads.asked.length
    const instance = await start(from())
    expect(await told(instance)).toContain('database="up to date"')
    expect(downloads.asked).toHaveLength(before)
    await instance.stop()
    const old = Date.now() / 1000 - 15 * 86_400
    utimesSync(path, old, old)
    const again = await start(from())
    expect(await told(again)).toContain('database=fetched')
    await signInFrom(again, (await makeAda(again)).id, '1.2.3.4')
    expect(await noted(again, '1.2.3.4')).toEqual(lisbon)
  })

  test.each([
    ['a key that is not taken', 401, /MAXMIND_LICENSE_KEY: 127\.0\.0\.1:\d+ does not take it \(401\)/],
    ['a server in trouble', 503, /could not be fetched: 127\.0\.0\.1:\d+ answered 503/],
    ['a page in its place', Buffer.from('<html>Welcome to the Wi-Fi</html>'), /Job failed/],
    ['a download that is cut off', gzipSync(cities).subarray(0, 60), /could not be read: /],
    ['an address that leads on and on', { location: asked }, /redirects are not followed/],
  ])('is no trouble but a sentence without the key when there is %s; the old one stays', async (_, offer, sentence) => {
    writeFileSync(path, cities)
    utimesSync(path, 1_000_000, 1_000_000)
    downloads.offers.set(asked, offer)
    const instance = await start(from())
    expect(await told(instance)).toMatch(sentence)
    expect(instance.lines.join('\n')).not.toMatch(/secret|of%3DMaxMind|of=MaxMind/)
    expect(readdirSync(folder)).toEqual(['GeoLite2-City.mmdb'])
    await signInFrom(instance, (await makeAda(instance)).id, '1.2.3.4')
    expect(await noted(instance, '1.2.3.4')).toEqual(lisbon)
  })

  test('from this machine needs OUTGOING_NETWORKS, and a place for the key needs the key', async () => {
    const fenced = await start({ ...from(), OUTGOING_NETWORKS: '' })
    expect(await told(fenced)).toMatch(/OUTGOING_NETWORKS/)
    const { MAXMIND_LICENSE_KEY: _, ...keyless } = from()
    const instance = await start(keyless)
    await signInFrom(instance, (await makeAda(instance)).id, '1.2.3.4')
    expect(await noted(instance, '1.2.3.4')).toEqual(unknown)
    expect(instance.lines.filter((line) => line.includes('name=UpdateGeoLiteDB'))).toEqual([])
    expect(existsSync(path)).toBe(false)
  })
})
