// What a server as it is built has elsewhere, behind its walls: the database of places, pictures in a bucket, a certificate by its path.
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeCertificates } from '../../sample/certificates.ts'
import { folder, startBuilt, useBuild } from '../support/built.ts'
import { startDownloads } from '../support/downloads.ts'
import { adminKey } from '../support/instance.ts'
import { pictureFile } from '../support/picture-files.ts'
import { placeDatabase } from '../support/place-database.ts'
import { startS3 } from '../support/s3.ts'

useBuild()

test('a database of places is fetched to where its variable says, and nothing else is written there', async () => {
  const downloads = await startDownloads()
  onTestFinished(downloads.stop)
  downloads.offers.set('/places.mmdb', placeDatabase([['1.2.0.0/16', 'Portugal', 'Lisbon']]))
  const places = join(folder, 'places')
  mkdirSync(places)
  const path = join(places, 'GeoLite2-City.mmdb')
  const server = await startBuilt({
    GEOLITE_DB_URL: `${downloads.url}/places.mmdb`,
    GEOLITE_DB_PATH: path,
    OUTGOING_NETWORKS: '127.0.0.1',
    TRUSTED_PLATFORM: 'CF-Connecting-IP',
  })
  expect(await server.line(/name=UpdateGeoLiteDB/)).toMatch(/Job run successfully .*database=fetched/)
  expect([readdirSync(places), statSync(path).mode & 0o777]).toEqual([['GeoLite2-City.mmdb'], 0o600])
  const asked = await fetch(`${server.url}/api/signup/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cf-connecting-ip': '1.2.3.4', 'x-forwarded-for': '9.9.9.9' },
    body: JSON.stringify({ username: 'ada', email: 'ada@example.org', firstName: 'Ada', lastName: '' }),
  })
  expect(asked.status).toBe(200)
  const log = async () => (await (await server.asAdmin('/api/audit-logs/all')).json()) as { data: object[] }
  await expect.poll(async () => (await log()).data).toContainEqual(expect.objectContaining({ event: 'SIGN_IN', city: 'Lisbon' }))
})

test('pictures are kept in a bucket, also over a restart of the server, and a bucket that is not there stops the start', async () => {
  const s3 = await startS3('pictures')
  onTestFinished(s3.stop)
  const environment = { ...s3.environment, DB_CONNECTION_STRING: join(folder, 'bucket.db'), UPLOAD_PATH: 'of/pocket-id' }
  const server = await startBuilt(environment)
  const form = new FormData()
  form.set('file', new Blob([await pictureFile('plain.png')], { type: 'image/png' }), 'logo.png')
  const headers = { 'x-api-key': adminKey }
  const put = await fetch(`${server.url}/api/application-images/logo`, { method: 'PUT', headers, body: form })
  expect(put.status).toBe(204)
  await server.stop()
  const again = await startBuilt(environment)
  const got = await fetch(`${again.url}/api/application-images/logo`)
  expect([got.status, got.headers.get('content-type')]).toEqual([200, 'image/png'])
  expect(await again.stop()).toBe(0)
  await expect(startBuilt({ ...environment, S3_BUCKET: 'nowhere' })).rejects.toThrow(/S3_BUCKET: There is no bucket "nowhere"/)
  await expect(startBuilt({ ...environment, S3_BUCKET: '', S3_SECRET_ACCESS_KEY: '' })).rejects.toThrow(
    /S3_BUCKET: Is missing: FILE_BACKEND=s3 needs it\.\s+S3_SECRET_ACCESS_KEY: Is missing/,
  )
})

test('a certificate and its key may be named by their paths', async () => {
  const { certificateFile, keyFile, caFile } = await makeCertificates(folder)
  const server = await startBuilt({ TLS_CERT: certificateFile, TLS_KEY: keyFile })
  const { port } = new URL(server.url)
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: 'localhost', port, path: '/healthz', ca: readFileSync(caFile) }, resolve).on('error', reject)
  })
  expect(answer.resume().statusCode).toBe(204)
  expect((await server.pocketId('healthcheck', '--verbose')).stdout).toContain(`https://127.0.0.1:${port}`)
  await expect(startBuilt({ TLS_CERT: join(folder, 'none'), TLS_KEY: keyFile })).rejects.toThrow(/TLS_CERT, TLS_KEY: /)
})
