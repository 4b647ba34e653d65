// The database of places in a server as it is built: behind walls that let it write that file and no other.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Build, buildAside } from '../../sample/build.ts'
import { startDownloads } from '../support/downloads.ts'
import { placeDatabase } from '../support/place-database.ts'
import { startServer, type TestServer } from '../support/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-built-places-'))
let build: Build
let server: TestServer | undefined

beforeAll(async () => {
  build = await buildAside()
})
afterAll(async () => {
  await server?.stop()
  build?.remove()
  rmSync(folder, { recursive: true, force: true })
})

test('a database of places is fetched to where its variable says, and nothing else is written there', async () => {
  const downloads = await startDownloads()
  downloads.offers.set('/places.mmdb', placeDatabase([['1.2.0.0/16', 'Portugal', 'Lisbon']]))
  const places = join(folder, 'places')
  mkdirSync(places)
  const path = join(places, 'GeoLite2-City.mmdb')
  server = await startServer(
    {
      GEOLITE_DB_URL: `${downloads.url}/places.mmdb`,
      GEOLITE_DB_PATH: path,
      OUTGOING_NETWORKS: '127.0.0.1',
      TRUST_PROXY: 'true',
    },
    build.program,
  )
  expect(await server.line(/name=UpdateGeoLiteDB/)).toMatch(/Job run successfully .*database=fetched/)
  expect([readdirSync(places), statSync(path).mode & 0o777]).toEqual([['GeoLite2-City.mmdb'], 0o600])
  const asked = await fetch(`${server.url}/api/signup/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '1.2.3.4' },
    body: JSON.stringify({ username: 'ada', email: 'ada@example.org', firstName: 'Ada', lastName: '' }),
  })
  expect(asked.status).toBe(200)
  const log = async () => (await (await server?.asAdmin('/api/audit-logs/all'))?.json()) as { data: object[] }
  await expect.poll(async () => (await log()).data).toContainEqual(expect.objectContaining({ event: 'SIGN_IN', city: 'Lisbon' }))
  await downloads.stop()
})
