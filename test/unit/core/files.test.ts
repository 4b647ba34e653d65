// The file store keeps whole files by name, in a folder and in the database alike.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '#core/clock.ts'
import { type Database, openDatabase } from '#core/db/client.ts'
import { migrate } from '#core/db/migrate.ts'
import { users } from '#core/db/tables.ts'
import { type BucketPlace, bucketAddress, inBucket } from '#core/files/bucket.ts'
import { createFileStore, type FileStore } from '#core/files/store.ts'
import { createProfilePictures } from '#core/pictures/profile-pictures.ts'
import { type S3Server, startS3 } from '../../support/s3.ts'

const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-files-'))
const uploadPath = join(folder, 'uploads')
let db: Database
beforeAll(async () => {
  db = await openDatabase(join(folder, 'test.db'))
  await migrate(db, 'core', new URL('../../../src/core/db/migrations/', import.meta.url))
  const now = new Date()
  await db.write((tx) => tx.insert(users).values({ id: 'ada', username: 'ada', createdAt: now, updatedAt: now }))
})
afterAll(async () => {
  await db.close()
  rmSync(folder, { recursive: true, force: true })
})

const bytes = (text: string) => new TextEncoder().encode(text)
const jpeg = (text: string) => ({ bytes: bytes(text), type: 'image/jpeg' })

/** The settings of the bucket of this test; the other stores take no notice of them. */
let bucket: BucketPlace
let s3: S3Server
beforeAll(async () => {
  s3 = await startS3('pictures', 'another.bucket')
  bucket = { ...s3.place, uploadPath }
})
afterAll(() => s3.stop())

describe.each(['filesystem', 'database', 's3'] as const)('in the %s', (fileBackend) => {
  let files: FileStore
  beforeAll(() => {
    files = createFileStore(db, { ...bucket, fileBackend })
  })

  test('a file is what was written last, until it is removed', async () => {
    expect(await files.read('pictures/a.jpg')).toBeUndefined()
    await files.write('pictures/a.jpg', bytes('one'))
    await files.write('pictures/a.jpg', bytes('two'))
    expect(await files.read('pictures/a.jpg')).toEqual(bytes('two'))
    await files.remove('pictures/a.jpg')
    await files.remove('pictures/a.jpg')
    expect(await files.read('pictures/a.jpg')).toBeUndefined()
  })

  test('a folder lists its own files and no others', async () => {
    for (const name of ['logos/b.png', 'logos/deeper/c.png', 'logos2/d.png']) await files.write(name, bytes(name))
    expect(await files.list('logos')).toEqual(['logos/b.png'])
    expect(await files.list('nowhere')).toEqual([])
    expect([...(await files.names())].sort()).toEqual(['logos/b.png', 'logos/deeper/c.png', 'logos2/d.png'])
  })

  test.each(['../a', '/etc/passwd', 'a/../../b', 'a/.hidden', 'A', '', 'a//b', 'a/b\u0000'])('%j is no name', async (name) => {
    await expect(async () => files.write(name, bytes('x'))).rejects.toThrow('is not the name of a stored file')
    await expect(async () => files.read(name)).rejects.toThrow('is not the name of a stored file')
  })

  test('somebody’s own picture comes before that of the source, and a removed one leaves no file', async () => {
    const people = createProfilePictures(db, files, systemClock)
    const shown = async () => {
      const found = await people.find('ada')
      return found && { origin: found.origin, text: new TextDecoder().decode(await found.read()) }
    }
    await people.put('ada', 'source', jpeg('from there'))
    expect(await shown()).toEqual({ origin: 'source', text: 'from there' })
    await people.put('ada', 'own', jpeg('mine'))
    await people.put('ada', 'own', jpeg('mine, newer'))
    await people.put('ada', 'source', jpeg('from there, newer'))
    expect(await shown()).toEqual({ origin: 'own', text: 'mine, newer' })
    await people.remove('ada', 'own')
    expect(await shown()).toEqual({ origin: 'source', text: 'from there, newer' })
    expect(await files.list('profile-pictures')).toHaveLength(1)
    await people.remove('ada', 'source')
    expect(await files.list('profile-pictures')).toEqual([])
  })

  test('a file of nobody is cleared the second time it is met', async () => {
    const people = createProfilePictures(db, files, systemClock)
    await people.put('ada', 'own', jpeg('kept'))
    await files.write('profile-pictures/nobody.own.x.jpg', bytes('stray'))
    expect([await people.clear(), await people.clear()]).toEqual([0, 1])
    expect(await files.list('profile-pictures')).toHaveLength(1)
    await people.remove('ada', 'own')
  })
})

test('nothing half-written is left in the folder', () => {
  expect(readdirSync(uploadPath, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.part'))).toEqual([])
})

describe('a bucket', () => {
  const at = (more: Partial<BucketPlace>) => ({ ...bucket, ...more })

  test.each([
    [{ s3Endpoint: '' }, 'https://pictures.s3.eu-north-1.amazonaws.com/'],
    [{ s3Endpoint: '', s3ForcePathStyle: true }, 'https://s3.eu-north-1.amazonaws.com/pictures/'],
    [{ s3Endpoint: 'http://minio:9000/' }, 'http://pictures.minio:9000/'],
    [{ s3Endpoint: 'http://minio:9000', s3ForcePathStyle: true }, 'http://minio:9000/pictures/'],
    // No certificate and no name server knows these.
    [{ s3Endpoint: 'https://s3.example.org', s3Bucket: 'two.words' }, 'https://s3.example.org/two.words/'],
    [{ s3Endpoint: 'http://192.0.2.1:9000' }, 'http://192.0.2.1:9000/pictures/'],
    [{ s3Endpoint: 'http://[2001:db8::1]:9000' }, 'http://[2001:db8::1]:9000/pictures/'],
  ])('with %j is %s', (more, address) => {
    expect(bucketAddress(at({ s3Region: 'eu-north-1', s3ForcePathStyle: false, ...more })).href).toBe(address)
  })

  test.each(['', 'uploads', '/data/uploads/', './with blank & ümlaut'])(
    'in the host’s name, with the folder %j, keeps what it is given',
    async (folder) => {
      const place = at({
        uploadPath: folder,
        s3Endpoint: s3.endpoint.replace('127.0.0.1', 's3.example'),
        s3ForcePathStyle: false,
      })
      expect(bucketAddress(place).hostname).toBe('pictures.s3.example')
      const files = inBucket(place, { resolve: async () => ['127.0.0.1'] })
      await files.write('logos/a.png', bytes('one'))
      expect(await files.read('logos/a.png')).toEqual(bytes('one'))
      expect(await files.list('logos')).toEqual(['logos/a.png'])
      await files.remove('logos/a.png')
      expect(await files.list('logos')).toEqual([])
    },
  )

  test('is listed over many pages', async () => {
    const files = inBucket(at({ uploadPath: 'many' }))
    const names = Array.from({ length: 45 }, (_, index) => `logos/${String(index).padStart(4, '0')}.png`)
    await Promise.all(names.map((name) => files.write(name, bytes('x'))))
    expect(await files.list('logos')).toEqual(names)
  })

  test.each([
    [{ s3Bucket: 'nothing' }, /^S3_BUCKET: There is no bucket "nothing" at 127/, true],
    [{ s3AccessKeyId: 'stranger' }, /^S3_ACCESS_KEY_ID: 127\.0\.0\.1:\d+ does not know this key/, true],
    [{ s3SecretAccessKey: 'open-sesame' }, /^S3_SECRET_ACCESS_KEY: It is not the secret of S3_ACCESS_KEY_ID/, true],
    [{ s3Region: 'eu-north-1' }, /^S3_REGION: "pictures" does not lie in eu-north-1 but in us-east-1\.$/, true],
    [
      { s3Endpoint: 'http://127.0.0.1:1' },
      /^S3_ENDPOINT: http:\/\/127\.0\.0\.1:1\/pictures\/ could not be read: ECONNREFUSED/,
      false,
    ],
  ])('with %j says what is wrong', async (more, sentence, isFinal) => {
    const trouble = await inBucket(at(more)).check?.()
    expect(trouble).toEqual({ isFinal, sentence: expect.stringMatching(sentence) })
    expect(trouble?.sentence).not.toContain('open-sesame')
    if (isFinal) await expect(inBucket(at(more)).write('logos/a.png', bytes('x'))).rejects.toThrow(sentence)
  })

  test('that is as it should be has nothing to say', async () => {
    expect(await inBucket(bucket).check?.()).toBeUndefined()
    expect(await inBucket(at({ s3Bucket: 'another.bucket' })).check?.()).toBeUndefined()
  })
})
