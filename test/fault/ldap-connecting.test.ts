// A directory that misbehaves before the first search: at connect, at the TLS hello, at StartTLS, at the bind.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificates } from '../../sample/certificates.ts'
import { startOpenLdap } from '../../sample/openldap.ts'
import type { DirectoryLimits } from '../../src/plugins/ldap/wire/directory.ts'
import { ldapSettings, open } from '../directory/open.ts'
import {
  boundMessage,
  doneMessage,
  extendedMessage,
  type FakeDirectory,
  type FakeManners,
  healthy,
  noticeOfDisconnection,
  startFakeDirectory,
  userMessage,
} from './fake-directory.ts'

let fake: FakeDirectory | undefined
let folder: string
let secure: { readonly cert: Buffer; readonly key: Buffer }
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pocket-id-edge-connecting-'))
  const { certificateFile, keyFile } = await makeCertificates(folder)
  secure = { cert: await readFile(certificateFile), key: await readFile(keyFile) }
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(async () => {
  await fake?.stop()
  fake = undefined
})

type Limits = Partial<DirectoryLimits>
/** For what is waited for in vain. Whatever comes has all the time it needs. */
const soon: Limits = { connectMilliseconds: 1_000, silenceMilliseconds: 300 }
const settingsFor = (url: string, more: Readonly<Record<string, string>> = {}) =>
  ldapSettings({
    ...{ LDAP_URL: url, LDAP_BIND_DN: 'cn=reader', LDAP_BIND_PASSWORD: 'secret of the test', LDAP_BASE: 'dc=example,dc=org' },
    LDAP_CA_FILE: join(folder, 'ca.crt'),
    ...more,
  })
const search = { base: 'dc=example,dc=org', scope: 'sub', filter: '(objectClass=inetOrgPerson)', attributes: ['uid'] } as const

/** Connects, binds and asks once; the names of those found. */
async function ask(url: string, more: Readonly<Record<string, string>> = {}, limits: Limits = {}): Promise<readonly string[]> {
  const directory = await open(settingsFor(url, more), limits)
  try {
    const { entries } = await directory.ask({ ...search, filterKey: 'ldapUserSearchFilter' })
    return entries.map(({ dn }) => dn)
  } finally {
    await directory.close()
  }
}
async function asked(manners: FakeManners, more: Readonly<Record<string, string>> = {}, limits: Limits = {}) {
  fake = await startFakeDirectory(healthy, manners)
  return ask(fake.url.replace('127.0.0.1', 'localhost'), more, limits)
}

describe('at the bind', () => {
  const malformedSet = Buffer.from('300e02010261070a010004003100ff04', 'hex')
  const faults: [string, FakeManners, RegExp, Limits?][] = [
    ['silence', { bind: () => 'silence' }, /^LDAP_URL: the directory said nothing for 0\.3 seconds/, soon],
    [
      'the end of the connection',
      { bind: () => 'close' },
      /^LDAP_URL: the directory closed the connection before its first answer\. Check that the port/,
    ],
    ['a reset', { bind: () => 'reset' }, /^LDAP_URL: the connection to the directory broke \(read ECONNRESET\)/],
    [
      'a notice of disconnection',
      { bind: () => [noticeOfDisconnection()] },
      /^LDAP_URL: the directory ended the connection \(code 52 going down\)/,
    ],
    ['something that is not LDAP', { bind: () => [Buffer.from('SSH-2.0-OpenSSH\r\n')] }, /not valid LDAP/],
    ['a length that eats memory elsewhere', { bind: () => [malformedSet] }, /not valid LDAP/],
    ['a message of two gigabytes', { bind: () => [Buffer.from('30847fffffff', 'hex')] }, /not valid LDAP/],
    ['an answer to a question nobody asked', { bind: (id) => [boundMessage(id + 1)] }, /answered a question that was not asked/],
    ['an answer that is no answer to a bind', { bind: (id) => [doneMessage(id)] }, /an answer of another kind/],
    [
      'a byte now and then',
      { trickleMilliseconds: 100 },
      /^LDAP_URL: one answer of the directory took longer than 1 seconds/,
      { answerMilliseconds: 1_000 },
    ],
    ['busy', { bind: (id) => [boundMessage(id, 51)] }, /^LDAP_URL: the directory is busy or shutting down/],
    [
      'a wrong password',
      { bind: (id) => [boundMessage(id, 49)] },
      /^LDAP_BIND_PASSWORD: the directory refuses the bind DN or its password\. Check both, LDAP_BIND_DN too\.$/,
    ],
    [
      'a locked account of Active Directory',
      {
        bind: (id) => [
          boundMessage(id, 49, '80090308: LdapErr: DSID-0C09, comment: AcceptSecurityContext error, data 775, v4563'),
        ],
      },
      /^LDAP_BIND_PASSWORD: .* Active Directory says that the account is locked: unlock it\./,
    ],
    [
      'a wish for encryption',
      { bind: (id) => [boundMessage(id, 13)] },
      /^LDAP_START_TLS: the directory wants an encrypted connection/,
    ],
  ]
  test.each(faults)('%s', async (_what, manners, sentence, limits = {}) => {
    await expect(asked(manners, {}, limits)).rejects.toThrow(sentence)
  })
  test('a real slapd that is frozen', async () => {
    const ldap = await startOpenLdap()
    try {
      process.kill(ldap.pid() ?? 0, 'SIGSTOP')
      await expect(ask(ldap.url, {}, soon)).rejects.toThrow(/^LDAP_URL: the directory said nothing for 0\.3 seconds/)
    } finally {
      await ldap.stop()
    }
  })
  test('the next address is tried, and its answer counts', async () => {
    fake = await startFakeDirectory(healthy)
    const silent = await startFakeDirectory(healthy, { bind: () => 'silence' })
    try {
      expect(await ask(`${silent.url} ${fake.url}`, {}, { silenceMilliseconds: 2_000 })).toHaveLength(2)
    } finally {
      await silent.stop()
    }
  })
})

describe('at StartTLS', () => {
  const on = { LDAP_START_TLS: 'true' }
  test('a healthy one is encrypted before anything is said', async () => {
    expect(await asked({ secure, startTls: (id) => [extendedMessage(id)] }, on)).toHaveLength(2)
  })
  test.each<[string, () => FakeManners, RegExp, Limits?]>([
    [
      'a refusal',
      () => ({}),
      /^LDAP_START_TLS: the directory does not offer StartTLS here \(code 2\)\. Switch it off and use ldaps:\/\//,
    ],
    ['silence', () => ({ startTls: () => 'silence' }), /^LDAP_URL: the directory said nothing/, soon],
    [
      'yes, and then no TLS hello',
      () => ({ startTls: (id) => [extendedMessage(id)] }),
      /^LDAP_URL: localhost does not answer the TLS hello/,
      soon,
    ],
    [
      'something in clear behind the answer: whoever is on the way may have put it there',
      () => ({ secure, startTls: (id) => [extendedMessage(id), boundMessage(2)] }),
      /^LDAP_URL: the directory answered a question that was not asked/,
    ],
  ])('%s', async (_what, manners, sentence, limits = {}) => {
    await expect(asked(manners(), on, limits)).rejects.toThrow(sentence)
  })
})

describe('over TLS', () => {
  test('a connection that the server ends in the middle ends the question at once', async () => {
    let searches = 0
    fake = await startFakeDirectory(
      ({ id }) => (++searches === 1 ? [userMessage(id, 'ada'), doneMessage(id, 0, 'more')] : 'close'),
      {
        secure,
      },
    )
    const directory = await open(settingsFor(fake.url))
    const next = () => directory.ask({ ...search, filterKey: 'ldapUserSearchFilter' })
    expect((await next()).entries).toHaveLength(1)
    await expect(next()).rejects.toThrow(/^LDAP_URL: the directory closed the connection in the middle of the run/)
    await expect(next()).rejects.toThrow(/^LDAP_URL: the directory closed the connection/)
    await directory.close()
  })
  test('a frozen hello ends by itself', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).resume())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    try {
      await expect(ask(`ldaps://localhost:${port}`, {}, soon)).rejects.toThrow(
        /^LDAP_URL: localhost does not answer the TLS hello/,
      )
    } finally {
      server.close()
    }
  })
})

describe('at connect', () => {
  test('nobody takes the call', async () => {
    // A listener that is frozen with its queue full answers no further greeting: to us, a host behind a firewall.
    const listening =
      'require("net").createServer().listen({port:0,host:"127.0.0.1",backlog:1},function(){console.log(this.address().port)})'
    const frozen = spawn(process.execPath, ['-e', listening])
    const queue: Socket[] = []
    try {
      const port = Number(await firstLine(frozen))
      frozen.kill('SIGSTOP')
      for (let count = 0; count < 8; count++) queue.push(connect(port, '127.0.0.1').on('error', () => {}))
      await Promise.all(queue.slice(0, 2).map((socket) => once(socket, 'connect')))
      await expect(ask(`ldap://127.0.0.1:${port}`, {}, soon)).rejects.toThrow(
        /^LDAP_URL: 127\.0\.0\.1:\d+ does not answer\. Check the address, the network and a firewall in between\.$/,
      )
    } finally {
      for (const socket of queue) socket.destroy()
      frozen.kill('SIGKILL')
    }
  })
})

async function firstLine({ stdout }: ChildProcessWithoutNullStreams): Promise<string> {
  const [chunk] = (await once(stdout, 'data')) as [Buffer]
  return String(chunk).trim()
}
