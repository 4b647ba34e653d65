// Newer releases of Pocket ID keep some of what moves outside of their tables.
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { startInstance } from '../support/instance.ts'
import { createMoving } from '../support/moving.ts'
import * as old from '../support/pocket-id-export.ts'

const { folder, place, moveTo, remove } = createMoving()
const company = old.company({ credentialId: 'AQID', publicKey: 'AQID' }, old.signingKey('ES256').jwk, 'an id in a directory')
afterAll(remove)

describe('a newer release, which keeps settings and invitations as states of actors', () => {
  const later = (): old.Company => {
    const {
      app_config_variables: _settings,
      signup_tokens: _tokens,
      signup_tokens_user_groups: _groups,
      ...tables
    } = company.tables
    const consents = [
      {
        client_id: 'wiki',
        user_id: old.ada,
        scope: Buffer.from('["openid","email"]').toString('base64'),
        last_used_at: '2026-01-01T00:00:00Z',
      },
    ]
    const kv = [...(tables.kv ?? []), { key: 'instance_id', value: old.instanceId }]
    return { tables: { ...tables, kv, user_authorized_oidc_clients: consents }, files: company.files }
  }
  const states = old.actorStates([
    ['AppConfig', { AppName: 'Newer Company', SmtpTls: 'none', LdapAttributeGroupMember: 'member', BikeShed: 'green' }],
    [
      'SignupToken',
      {
        Tokens: {
          LATER: {
            ...{ ID: 'later', Token: 'LATER', UsageLimit: 3, UsageCount: 1, UserGroupIDs: [old.developers] },
            ...{ ExpiresAt: new Date('2099-01-01'), CreatedAt: new Date('2026-01-01') },
          },
        },
      },
    ],
    ['OneTimeAccessToken', { Token: 'x' }],
  ])

  test('moves with both, and its consents, whose scopes are lists', async () => {
    const path = join(folder, 'later.zip')
    const { tables, files } = later()
    await old.writePocketIdExport(path, { tables, files: { ...files, 'francis.bin': states } })
    const lines = await moveTo('later', path)
    expect(lines.join('\n')).toMatch(/not known here stay behind: bikeShed\./)
    const there = await startInstance(place('later'))
    const { settings } = there.ground.resolution
    expect([settings.appName?.raw, settings.ldapAttributeGroupMember?.origin]).toEqual(['Newer Company', 'default'])
    const tokens = (await (await there.asAdmin('/api/signup-tokens')).json()) as { data: Record<string, unknown>[] }
    expect(tokens.data).toHaveLength(1)
    expect(tokens.data[0]).toMatchObject({ id: 'later', token: 'LATER', usageLimit: 3, usageCount: 1 })
    const consents = await there.ground.db.read.all(sql`select scope from oidc_consents`)
    expect(consents).toEqual([{ scope: '["openid","email"]' }])
    await there.kernel.stop()
  })

  test('moves with what was frozen, where the states cannot be read, and says so', async () => {
    const path = join(folder, 'frozen.zip')
    const { tables, files } = later()
    const frozen = { key: 'config_migrated', value: JSON.stringify({ appName: 'Frozen Company' }) }
    const kv = [...(tables.kv ?? []), frozen]
    await old.writePocketIdExport(path, {
      tables: { ...tables, kv },
      files: { ...files, 'francis.bin': new Uint8Array([1, 2, 3]) },
    })
    const lines = await moveTo('frozen', path)
    expect(lines.join('\n')).toMatch(/francis\.bin is of a newer form/)
    const there = await startInstance(place('frozen'))
    expect(there.ground.resolution.settings.appName?.raw).toBe('Frozen Company')
    await there.kernel.stop()
  })
})

test('the database file itself does as well, with its uploads beside it', async () => {
  const beside = join(folder, 'pocket-id-data')
  const path = old.writePocketIdDatabase(beside, company)
  const lines = await moveTo('file', path)
  expect(lines.join('\n')).not.toMatch(/sealed with another/)
  const there = await startInstance(place('file'))
  const users = (await (await there.asAdmin('/api/users')).json()) as { data: Record<string, unknown>[] }
  expect(users.data.map(({ id }) => id).sort()).toEqual([old.ada, old.grace].sort())
  const [passkey] = await there.ground.db.read.all(sql`select credential_id as id, public_key as key, transports from passkeys`)
  expect(passkey).toMatchObject({ id: 'AQID', key: 'AQID', transports: '["internal"]' })
  expect(await (await there.asAdmin('/api/oidc/clients/wiki')).json()).toMatchObject({
    callbackURLs: ['https://wiki.example.org/*'],
    hasLogo: true,
  })
  expect(await there.ground.profilePictures.find(old.ada)).toBeDefined()
  await there.kernel.stop()
})
