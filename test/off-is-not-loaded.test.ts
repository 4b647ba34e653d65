// A plugin that is switched off costs its declaring half and nothing else: no code, no dependency.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

interface Loaded {
  readonly health: number
  readonly off: readonly string[]
  readonly loaded: readonly string[]
}

const repository = fileURLToPath(new URL('../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Boots in a process of its own and lists what that loaded, as paths in the repository. */
async function loadedWith(environment: Readonly<Record<string, string>>): Promise<Loaded> {
  const env = { PATH: process.env.PATH ?? '', DB_CONNECTION_STRING: join(folder, `${Date.now()}.db`), ...environment }
  const args = ['--import', 'tsx', 'test/support/loaded-modules.ts']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: repository, env, maxBuffer: 2 ** 24 })
  const answer = JSON.parse(stdout) as Loaded
  const paths = answer.loaded.map((url) => (url.startsWith('file:') ? fileURLToPath(url.split('?')[0] ?? url) : url))
  return { ...answer, loaded: paths.map((path) => path.replace(repository, '')) }
}

const ofPlugin = ({ loaded }: Loaded, name: string) => loaded.filter((path) => path.startsWith(`src/plugins/${name}/`))
const ofPackage = ({ loaded }: Loaded, name: string) => loaded.filter((path) => path.includes(`node_modules/${name}/`))

describe('with everything switched off', () => {
  let off: Loaded
  beforeAll(async () => {
    off = await loadedWith({ LDAP_ENABLED: 'false', OIDC_ENABLED: 'false' })
  })

  test('the server answers, and the list of what it loaded is a real one', () => {
    expect(off.health).toBe(204)
    expect(off.loaded.length).toBeGreaterThan(60)
    expect(off.loaded).toContain('src/core/kernel/kernel.ts')
    expect(off.loaded).toContain('src/plugins/accounts/plugin.ts')
    expect(off.off).toEqual(expect.arrayContaining(['ldap', 'oidc', 'geoip']))
  })

  test('of each plugin that is off only the declaring half was read', () => {
    const declaring = /\/(manifest|settings|sealed|presets|rules|errors|check|filter|address)\.ts$/
    const more = off.off.flatMap((name) => ofPlugin(off, name)).filter((path) => !declaring.test(path))
    expect(more).toEqual([])
    expect(ofPlugin(off, 'ldap')).toContain('src/plugins/ldap/manifest.ts')
  })

  test('no dependency of theirs was loaded, nor one that is only needed on demand', () => {
    for (const name of ['ldapts', '@simplewebauthn/server', '@libsql/hrana-client', 'nodemailer', 'mmdb-lib', 'aws4fetch'])
      expect(ofPackage(off, name)).toEqual([])
  })
})

test('a second directory that is switched off loads nothing either', async () => {
  const off = await loadedWith({ LDAP_ENABLED: 'false', LDAP_2_ENABLED: 'false', LDAP_2_URL: 'ldap://127.0.0.1:1' })
  expect(off.off).toEqual(expect.arrayContaining(['ldap', 'ldap-2']))
  expect(ofPlugin(off, 'ldap')).not.toContain('src/plugins/ldap/plugin.ts')
})

test('switched on it is loaded: the test above would notice', async () => {
  const on = await loadedWith({ LDAP_ENABLED: 'true', LDAP_URL: 'ldap://127.0.0.1:1' })
  expect(on.off).not.toContain('ldap')
  expect(ofPlugin(on, 'ldap')).toContain('src/plugins/ldap/plugin.ts')
})
