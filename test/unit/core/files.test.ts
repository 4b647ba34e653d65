// The file store keeps whole files by name, in a folder and in the database alike.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '#core/clock.ts'
import { type Database, openDatabase } from '#core/db/client.ts'
import { migrate } from '#core/db/migrate.ts'
import { users } from '#core/db/tables.ts'
import { createFileStore, type FileStore } from '#core/files/store.ts'
import { createProfilePictures } from '#core/pictures/profile-pictures.ts'

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

describe.each(['filesystem', 'database'] as const)('in the %s', (fileBackend) => {
  let files: FileStore
  beforeAll(() => {
    files = createFileStore(db, { fileBackend, uploadPath })
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
