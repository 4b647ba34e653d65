// What `npm run build` makes, as a process: serve with the command line beside it, and how each answers to its caller.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { request as requestTls } from 'node:https'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { peakMegabytes } from '../../bench/measure.ts'
import { makeCertificates } from '../../sample/certificates.ts'
import { ldapEnvironment } from '../../sample/environment.ts'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { administrator, company } from '../../sample/people.ts'
import { build, folder, startBuilt, useBuild } from '../support/built.ts'

useBuild()

/** Runs the command in an empty folder with nothing but this environment. Never throws: the exit code is what the test is about. */
function pocketId(args: readonly string[], environment: Readonly<Record<string, string>> = {}, cwd = folder) {
  const env = { PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`, ...environment }
  return new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const child = execFile(build.program[0], args, { cwd, env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

/** A GET through whatever the options name. Returns the status. */
const get = (options: object, by = request) =>
  new Promise<number | undefined>((resolve, reject) => {
    by({ path: '/healthz', ...options }, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end()
  })

describe('what it weighs', () => {
  const megabytes = (files: readonly string[]) => files.reduce((sum, file) => sum + statSync(file).size, 0) / 2 ** 20
  const files = (pattern: string) => globSync(pattern, { cwd: build.dist }).map((name) => join(build.dist, name))

  test('is code in few files for a quick start, one native file, and little else', () => {
    expect(files('lib/*.mjs').length).toBeLessThan(140)
    expect(megabytes(files('lib/*.mjs'))).toBeLessThan(2.7)
    expect(files('lib/*.node')).toHaveLength(1)
    expect(megabytes(files('**/*').filter((file) => statSync(file).isFile()))).toBeLessThan(15)
  })

  test('in memory, with LDAP and passkeys on and the thread of a run, stays below its budget', async () => {
    const server = await startBuilt({ LDAP_ENABLED: 'true', LDAP_URL: 'ldap://127.0.0.1:1' })
    await server.line(/name=SyncLdap/)
    const peak = peakMegabytes(server.child)
    expect(peak).toBeGreaterThan(40)
    expect(peak).toBeLessThan(140)
  })
})

describe('beside a directory', () => {
  let directory: OpenLdap
  beforeAll(async () => {
    directory = await startOpenLdap({ ldif: company() })
  })
  afterAll(() => directory.stop())

  test('serves, syncs, prints the link, tests, shows and syncs again, and ends in order', async () => {
    const server = await startBuilt(ldapEnvironment(directory))
    expect(await server.line(/name=SyncLdap/)).toMatch(/ INFO +Job run successfully .*\bname=SyncLdap\b/)
    const token = await server.pocketId('one-time-access-token', administrator)
    const [sentence, link, ...rest] = token.stdout.split('\n')
    expect(sentence).toContain(`"${administrator}"`)
    expect([rest, token.stderr]).toEqual([[''], ''])
    const redeemed = await fetch(link?.replace('/lc/', '/api/one-time-access-token/') ?? '', { method: 'POST' })
    expect([redeemed.status, ((await redeemed.json()) as { isAdmin: boolean }).isAdmin]).toEqual([200, true])
    expect((await server.pocketId('ldap', 'test')).stdout).not.toContain('FAIL')
    const dry = JSON.parse((await server.pocketId('ldap', 'sync', '--dry-run', '--json')).stdout) as object
    expect(dry).toMatchObject({ counts: { created: 0, updated: 0 } })
    expect((await server.pocketId('ldap', 'sync')).stderr).toBe('')
    expect((await server.pocketId('healthcheck', '--verbose')).stdout).toContain('204')
    expect(await server.stop()).toBe(0)
    expect(server.lines.filter((line) => / (WARN|ERROR) /.test(line) && !line.includes('ENCRYPTION_KEY'))).toEqual([])
  })

  test('serves while the directory is down, says so, and syncs once it is back', async () => {
    await directory.halt()
    const server = await startBuilt(ldapEnvironment(directory))
    expect(await server.line(/name=SyncLdap/)).toMatch(/ ERROR +Job failed with error .*LDAP_URL/)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(204)
    await expect(server.pocketId('ldap', 'test')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('LDAP_URL') })
    await expect(server.pocketId('ldap', 'sync')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^[^\n]*changed nothing[^\n]*\n$/),
    })
    await directory.restart()
    expect((await server.asAdmin('/api/application-configuration/sync-ldap', { method: 'POST' })).status).toBe(204)
    const users = (await (await server.asAdmin('/api/users')).json()) as { pagination: { totalItems: number } }
    expect(users.pagination.totalItems).toBe(8)
  })
})

describe('the exit code and standard error', () => {
  const database = (): Record<string, string> => ({
    DB_CONNECTION_STRING: join(folder, 'codes.db'),
    ENCRYPTION_KEY: 'a key for this test only',
  })

  test.each([
    ['a word that is no command', ['frobnicate'], /^There is no command "frobnicate"\. `pocket-id help` lists them\.\n$/],
    ['a person whom nobody knows', ['one-time-access-token', 'nobody'], /^user not found\n$/],
    ['no name at all', ['one-time-access-token'], /^Name one account[^\n]*\n$/],
    ['a flag that is none', ['ldap', 'sync', '--perhaps'], /^[^\n]*--perhaps[^\n]*\n$/],
    ['a sync while LDAP is off', ['ldap', 'sync'], /^LDAP_ENABLED is off[^\n]*\n$/],
    [
      'a server that does not answer',
      ['healthcheck', '--endpoint', 'http://127.0.0.1:1'],
      /^http:\/\/127[^\n]*does not answer[^\n]*\n$/,
    ],
  ])('tell of %s in one line', async (_, args, sentence) => {
    const { code, stdout, stderr } = await pocketId(args, database())
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(sentence)
  })

  test.each([[['version']], [['help']], [['--help']], [['settings']], [['migrate']]])(
    'are 0 and nothing for %j',
    async (args) => {
      const { code, stdout, stderr } = await pocketId(args, database())
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout.trim()).not.toBe('')
    },
  )

  test('name every wrong variable at once, and no secret', async () => {
    const wrong = {
      PORT: 'x',
      APP_URL: 'ftp://x/y',
      STATIC_API_KEY: 'too-short',
      TRUST_PROXY: 'proxy.example',
      LDAP_PAGE_SIZE: '0',
    }
    const { code, stdout, stderr } = await pocketId([], { ...database(), ...wrong })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr.split('\n')[0]).toBe('Cannot start:')
    for (const name of Object.keys(wrong)) expect(stderr).toContain(`${name}: `)
    expect(stderr).not.toContain('too-short')
  })

  const text = join(folder, 'text')
  test.each([
    [
      'another kind of database',
      { DB_CONNECTION_STRING: 'postgres://pocket:open-sesame@db.example/id' },
      /DB_CONNECTION_STRING: .*PostgreSQL/,
    ],
    ['a file that is no database', { DB_CONNECTION_STRING: text }, /DB_CONNECTION_STRING: .*text is not a database/],
    [
      'a server that is not there',
      { DB_CONNECTION_STRING: 'libsql://127.0.0.1:2?tls=0&authToken=open-sesame' },
      /DB_CONNECTION_STRING: .*127\.0\.0\.1:2/,
    ],
    ['half of a certificate', { TLS_CERT_FILE: text }, /TLS_KEY: Is missing/],
    ['a certificate that is none', { TLS_CERT_FILE: text, TLS_KEY_FILE: text }, /TLS_CERT, TLS_KEY: .*PEM/],
  ])('name the variable of %s, and no secret', async (_, wrong, sentence) => {
    writeFileSync(text, 'open-sesame is not a database, nor a certificate: only some lines of text\n'.repeat(20))
    const { code, stderr } = await pocketId([], { ...database(), PORT: '0', HOST: '127.0.0.1', ...wrong } as Record<
      string,
      string
    >)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Cannot start:\n {2}[^\n]+\n$/)
    expect(stderr).toMatch(sentence)
    expect(stderr).not.toContain('open-sesame')
  })

  test('name a key that is not the one the database was sealed with, before anything is sealed with it', async () => {
    const sealed = { ...database(), DB_CONNECTION_STRING: join(folder, 'sealed.db') }
    expect((await pocketId(['migrate'], sealed)).code).toBe(0)
    const { code, stderr } = await pocketId(['migrate'], { ...sealed, ENCRYPTION_KEY: 'a key of some other instance' })
    expect([code, stderr]).toEqual([1, expect.stringContaining('ENCRYPTION_KEY: It is not the key')])
    expect(stderr).not.toContain('some other instance')
    expect((await pocketId(['migrate'], sealed)).code).toBe(0)
  })

  test('name the port that is taken', async () => {
    const server = await startBuilt()
    const { code, stderr } = await pocketId([], { ...database(), HOST: '127.0.0.1', PORT: new URL(server.url).port })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\)\. Set PORT or HOST to a free one\.\n$/)
  })
})

describe('what it keeps', () => {
  test('is in ./data when nothing says otherwise, with a key of its own that only the owner reads', async () => {
    const home = join(folder, 'home')
    mkdirSync(home)
    expect((await pocketId(['migrate'], {}, home)).code).toBe(0)
    const mode = (name: string) => statSync(join(home, 'data', name)).mode & 0o777
    expect(mode('encryption.key')).toBe(0o600)
    expect(mode('pocket-id.db') & 0o077).toBe(0)
    rmSync(join(home, 'data/encryption.key'))
    const { code, stderr } = await pocketId(['migrate'], {}, home)
    expect([code, stderr]).toEqual([1, expect.stringMatching(/ENCRYPTION_KEY: The database has data but its key is missing/)])
  })

  test('is all it can reach: another file is closed even to a plugin', async () => {
    const plugin = join(folder, 'curious')
    const secret = join(folder, 'of-somebody-else')
    mkdirSync(plugin)
    writeFileSync(secret, 'private')
    writeFileSync(
      join(plugin, 'manifest.js'),
      `export const manifest = { name: 'curious', api: 1, settings: {}, load: () => import('./plugin.js') }`,
    )
    writeFileSync(
      join(plugin, 'plugin.js'),
      `import { readFileSync, writeFileSync } from 'node:fs'
       const attempt = (what, work) => { try { work(); console.log(what, 'done') } catch ({ code }) { console.log(what, code) } }
       export default () => {
         attempt('read', () => readFileSync(${JSON.stringify(secret)}))
         attempt('write', () => writeFileSync(${JSON.stringify(secret)}, ''))
         return {}
       }`,
    )
    const server = await startBuilt({ PLUGINS: plugin, DB_CONNECTION_STRING: join(folder, 'own/pocket-id.db') })
    await server.line(/^read ERR_ACCESS_DENIED$/)
    await server.line(/^write ERR_ACCESS_DENIED$/)
    expect(readFileSync(secret, 'utf8')).toBe('private')
  })
})

describe('where it listens', () => {
  test('a Unix socket, with the permissions it is told, and the health check finds it', async () => {
    const socket = join(folder, 'sockets', 'pocket-id.sock')
    mkdirSync(dirname(socket))
    const server = await startBuilt({ UNIX_SOCKET: socket, UNIX_SOCKET_MODE: '0660' })
    expect(await get({ socketPath: socket })).toBe(204)
    expect(statSync(socket).mode & 0o777).toBe(0o660)
    expect((await server.pocketId('healthcheck', '--verbose')).stdout).toContain('204')
  })

  test('a Unix socket that a killed server left behind, but never in place of a file or of a server that answers', async () => {
    const socket = join(folder, 'left.sock')
    const environment = { UNIX_SOCKET: socket, ENCRYPTION_KEY: 'a key for this test only' }
    const killed = await startBuilt(environment)
    killed.child.kill('SIGKILL')
    await once(killed.child, 'exit')
    await killed.stop()
    expect(existsSync(socket)).toBe(true)
    await startBuilt(environment)
    expect(await get({ socketPath: socket })).toBe(204)
    const beside = await pocketId([], { ...environment, DB_CONNECTION_STRING: join(folder, 'beside.db') })
    expect([beside.code, beside.stderr]).toEqual([1, expect.stringMatching(/another process answers there/)])
    writeFileSync(join(folder, 'letter'), 'dear reader')
    const onFile = await pocketId([], { ...environment, UNIX_SOCKET: join(folder, 'letter') })
    expect([onFile.code, onFile.stderr]).toEqual([1, expect.stringMatching(/a file of another kind/)])
    expect(readFileSync(join(folder, 'letter'), 'utf8')).toBe('dear reader')
    expect(await get({ socketPath: socket })).toBe(204)
  })

  test('https, with a certificate from files, and the health check finds it', async () => {
    const certificates = await makeCertificates(folder)
    const server = await startBuilt({ TLS_CERT_FILE: certificates.certificateFile, TLS_KEY_FILE: certificates.keyFile })
    const { port } = new URL(server.url)
    expect(await get({ host: 'localhost', port, ca: readFileSync(certificates.caFile) }, requestTls)).toBe(204)
    expect((await server.pocketId('healthcheck', '--verbose')).stdout).toContain(`https://127.0.0.1:${port}`)
  })
})

test('who a visitor is comes from a proxy that is trusted, and from nobody else', async () => {
  const guesses = async (trust: string) => {
    const server = await startBuilt({ DISABLE_RATE_LIMITING: 'false', TRUST_PROXY: trust })
    const statuses: number[] = []
    for (let visitor = 1; visitor <= 8; visitor++) {
      const headers = { 'x-forwarded-for': `192.0.2.${visitor}` }
      statuses.push((await fetch(`${server.url}/api/one-time-access-token/guess1`, { method: 'POST', headers })).status)
    }
    await server.stop()
    return statuses
  }
  expect(await guesses('false')).toContain(429)
  expect(await guesses('192.0.2.0/24')).toContain(429)
  expect(await guesses('127.0.0.1')).not.toContain(429)
  expect(await guesses('true')).not.toContain(429)
})
