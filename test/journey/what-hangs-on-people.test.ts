// Every table that names a person or a group lets go of it, so that a removal works and undoing it brings the rows back.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { branches, type Reference, readStructure, type Structure } from '#core/db/structure.ts'
import { type Instance, startInstance } from '../support/instance.ts'

let instance: Instance
let structure: Structure
beforeAll(async () => {
  instance = await startInstance()
  structure = await readStructure(instance.ground.db.read)
})
afterAll(() => instance.stop())

const naming = (parents: readonly string[]): readonly Reference[] =>
  structure.references.filter(({ parent }) => parents.includes(parent))

test('rows of every plugin go with their person or group, or forget it', () => {
  expect(naming(['users', 'groups']).length).toBeGreaterThan(10)
  const holding = naming(['users', 'groups']).filter(({ onDelete }) => onDelete === 'other')
  expect(holding.map(({ child }) => child)).toEqual([])
})

test('what is kept of a removed person: passkeys, claims, memberships, consents, and never a session', () => {
  const kept = branches(structure, 'users', new Set(['sessions'])).map(({ table }) => table)
  expect(kept).toEqual(expect.arrayContaining(['users', 'passkeys', 'custom_claims', 'group_members', 'oidc_grants']))
  expect(kept).not.toContain('sessions')
  expect(kept).not.toContain('passkey_reauthentications')
})
