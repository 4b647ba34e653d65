// A downloaded database is found in whatever it came in, however the bytes are cut.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { databaseIn } from '../../../src/plugins/geoip/archive.ts'

const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-archive-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As MaxMind has it: a folder with the date, a licence, the database. */
function archiveOf(files: Readonly<Record<string, Buffer>>): Buffer {
  mkdirSync(join(folder, 'GeoLite2-City_20261124'), { recursive: true })
  const names = Object.entries(files).map(([name, content]) => {
    writeFileSync(join(folder, 'GeoLite2-City_20261124', name), content)
    return `GeoLite2-City_20261124/${name}`
  })
  execFileSync('tar', ['-czf', join(folder, 'all.tar.gz'), '-C', folder, ...names])
  return readFileSync(join(folder, 'all.tar.gz'))
}

async function* cut(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
const found = async (bytes: Buffer, size: number) => Buffer.concat(await Array.fromAsync(databaseIn(cut(bytes, size))))

const database = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) % 251))
const licence = Buffer.from('Anybody may read this.\n'.repeat(60))

test.each([1, 511, 512, 513, 65_536])('in parts of %i bytes', async (size) => {
  expect(await found(database, size)).toEqual(database)
  expect(await found(gzipSync(database), size)).toEqual(database)
  expect(await found(archiveOf({ 'LICENSE.txt': licence, 'GeoLite2-City.mmdb': database }), size)).toEqual(database)
})

test('an archive without one, one that is cut off, and one that is broken are said to be so', async () => {
  await expect(found(archiveOf({ 'LICENSE.txt': licence }), 512)).rejects.toThrow('has no .mmdb file')
  const whole = archiveOf({ 'GeoLite2-City.mmdb': database })
  await expect(found(whole.subarray(0, 200), 512)).rejects.toThrow('unexpected end of file')
  await expect(found(gunzipSync(whole).subarray(0, 2000), 512)).rejects.toThrow('ends too soon')
  await expect(found(Buffer.concat([whole.subarray(0, 200), Buffer.alloc(200, 7)]), 512)).rejects.toThrow()
})
