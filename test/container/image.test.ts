// The image: built from the Dockerfile, run without root on a read-only file system, beside a directory on the host.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ldapEnvironment } from '../../sample/environment.ts'
import { freePort } from '../../sample/free-port.ts'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { administrator, company } from '../../sample/people.ts'
import { type ProcessLines, readLines } from '../../sample/pocket-id.ts'
import { findBase } from './base.ts'
import { type Container, type Engine, must } from './engine.ts'
import { findEngine } from './find-engine.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const tag = 'localhost/pocket-id-edge-test'
const engine: Engine = findEngine()
let directory: OpenLdap
let container: Container
let log: ProcessLines
let url: string

beforeAll(async () => {
  directory = await startOpenLdap({ ldif: company() })
  await engine.build({
    context: repository,
    tag,
    buildArguments: { NODE_IMAGE: await findBase(engine) },
    secrets: await npmSettings(),
  })
  await begin()
}, 1_200_000)

afterAll(async () => {
  await container?.terminate().catch(() => undefined)
  await engine.remove()
  await directory?.stop()
})

/** What npm is told on this machine it is told in the build too: its registry may be one of somebody's own. */
async function npmSettings(): Promise<Readonly<Record<string, string>>> {
  const path = (await must('npm', ['config', 'get', 'userconfig'])).trim()
  return existsSync(path) ? { npmrc: path } : {}
}

async function begin(): Promise<void> {
  const port = String(await freePort())
  url = `http://localhost:${port}`
  container = await engine.start(tag, { ...ldapEnvironment(directory), APP_URL: url, HOST: '127.0.0.1', PORT: port })
  log = readLines(container.output)
  await log.line(/Listening/)
}

describe(`the image, by ${engine.name}`, () => {
  test('says who runs it, what it runs, where data lives and how to ask whether it is well', async () => {
    expect(await engine.facts(tag)).toEqual({
      user: '1000:1000',
      volumes: ['/app/data'],
      command: ['/app/pocket-id'],
      healthcheck: ['CMD', '/app/pocket-id', 'healthcheck'],
    })
  })

  test('holds the command and its bundle, no sources and no tree of packages', async () => {
    expect((await container.exec('ls', '/app')).stdout.trim().split(/\s+/)).toEqual(['data', 'lib', 'pocket-id'])
    expect((await container.exec('sh', '-c', 'ls -d /src /app/node_modules 2>/dev/null')).stdout).toBe('')
  })

  test('answers, and has synced the directory at start', async () => {
    expect(await log.line(/name=SyncLdap/)).toMatch(/INFO +Job run successfully .*\bname=SyncLdap\b/)
    expect((await fetch(`${url}/healthz`)).status).toBe(204)
  })

  test('may write its data and nothing else', async () => {
    const { stdout } = await container.exec(
      'sh',
      '-c',
      'id -u; for place in /app /app/lib /tmp /var/tmp /etc /app/data; do [ ! -w $place ] || echo $place; done',
    )
    expect(stdout.trim().split('\n')).toEqual(['1000', '/app/data'])
    expect((await container.exec('sh', '-c', 'stat -c %a /app/data/encryption.key')).stdout).toBe('600\n')
  })

  test('prints the administrator’s link beside the running server, and the link signs in', async () => {
    const { code, stdout, stderr } = await container.exec('/app/pocket-id', 'one-time-access-token', administrator)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const token = new RegExp(`^${url}/lc/(\\w{12})$`, 'm').exec(stdout)?.[1]
    const answer = await fetch(`${url}/api/one-time-access-token/${token}`, { method: 'POST' })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ username: administrator, isAdmin: true })
  })

  test('knows its version and its health, and says with its exit code when it is not well', async () => {
    const { version } = JSON.parse(readFileSync(`${repository}/package.json`, 'utf8')) as { version: string }
    expect(await container.exec('/app/pocket-id', 'version')).toMatchObject({ code: 0, stdout: `${version}\n` })
    expect(await container.exec('/app/pocket-id', 'healthcheck')).toMatchObject({ code: 0 })
    expect(await container.exec('/app/pocket-id', 'healthcheck', '--endpoint', 'http://127.0.0.1:1')).toMatchObject({ code: 1 })
  })

  test('tries the directory and shows what a sync would change', async () => {
    expect(await container.exec('/app/pocket-id', 'ldap', 'test')).toMatchObject({ code: 0 })
    const { code, stdout } = await container.exec('/app/pocket-id', 'ldap', 'sync', '--dry-run', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ read: { users: 8, groups: 4 }, counts: { created: 0, updated: 0 } })
  })

  test('ends in order at SIGTERM', async () => {
    expect(await container.terminate()).toBe(0)
    expect(log.lines.filter((line) => / (WARN|ERROR) /.test(line) && !line.includes('ENCRYPTION_KEY'))).toEqual([])
  })
})
