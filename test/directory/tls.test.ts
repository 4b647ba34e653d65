// Encryption: every certificate a directory may show, and the one that we show it.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Certificates, issue, makeAuthority, openSslTime, selfSigned } from '../../sample/certificates.ts'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { reader } from '../../sample/seed.ts'
import { peopleSeen } from './open.ts'

let folder: string
let shown: Readonly<Record<'good' | 'expired' | 'notYet' | 'otherName' | 'selfSigned' | 'foreign' | 'clientOnly', Certificates>>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pocket-id-edge-tls-'))
  const foreignFolder = join(folder, 'foreign')
  await mkdir(foreignFolder)
  await makeAuthority(folder)
  await makeAuthority(foreignFolder, 'Somebody else')
  shown = {
    good: await issue(folder, 'good'),
    expired: await issue(folder, 'expired', { from: '20200101000000Z', until: '20210101000000Z' }),
    notYet: await issue(folder, 'not-yet', { from: openSslTime(100), until: openSslTime(200) }),
    otherName: await issue(folder, 'other-name', { names: 'DNS:ldap.elsewhere.example', commonName: 'ldap.elsewhere.example' }),
    selfSigned: await selfSigned(folder, 'self-signed'),
    foreign: await issue(foreignFolder, 'foreign'),
    clientOnly: await issue(folder, 'client-only', { usage: 'clientAuth' }),
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A server that speaks TLS and nothing else: what these sentences are about ends before the first word of LDAP. */
async function showing<T>({ certificateFile, keyFile }: Certificates, options: TlsOptions, use: (url: string) => Promise<T>) {
  const own = { cert: await readFile(certificateFile), key: await readFile(keyFile) }
  const server = createTlsServer({ ...own, ...options }, (socket) => socket.on('error', () => {}))
  return listening(
    server.on('tlsClientError', () => {}),
    'ldaps',
    use,
  )
}

async function listening<T>(server: Server, scheme: string, use: (url: string) => Promise<T>): Promise<T> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  try {
    return await use(`${scheme}://localhost:${typeof address === 'object' && address ? address.port : 0}`)
  } finally {
    server.close()
  }
}

const caFile = () => join(folder, 'ca.crt')

const refused: readonly (readonly [string, keyof typeof shown, Readonly<Record<string, string>>, RegExp])[] = [
  [
    'one that has expired',
    'expired',
    {},
    /^LDAP_URL: the certificate of localhost has expired\. Renew it on the directory, and check this machine’s clock\.$/,
  ],
  ['one that is not valid yet', 'notYet', {}, /^LDAP_URL: the certificate of localhost is not valid yet\. Check the clocks/],
  [
    'one for another name',
    'otherName',
    {},
    /^LDAP_TLS_SERVER_NAME: the certificate is not for localhost, but for ldap\.elsewhere\.example\. Use one of these names in LDAP_URL, or say it in LDAP_TLS_SERVER_NAME\.$/,
  ],
  ['one that signed itself', 'selfSigned', {}, /^LDAP_CA_FILE: the certificate of localhost is not trusted: it signed itself\./],
  [
    'one of an authority that nobody knows',
    'foreign',
    {},
    /^LDAP_CA_FILE: the certificate of localhost is not trusted: nobody here knows the authority that signed it\. Give the authority that signed it with LDAP_CA_FILE or LDAP_CA_CERTIFICATE\.$/,
  ],
  ['one that is for clients', 'clientOnly', {}, /^LDAP_URL: the certificate of localhost is not meant for a server/],
]

describe('a certificate that is refused, with the setting and the fix', () => {
  test.each(refused)('%s', async (_what, name, more, sentence) => {
    await showing(shown[name], {}, (url) =>
      expect(peopleSeen({ LDAP_URL: url, LDAP_CA_FILE: caFile(), ...more })).rejects.toThrow(sentence),
    )
  })

  test('an old TLS version', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await showing(shown.good, old, (url) =>
      expect(peopleSeen({ LDAP_URL: url, LDAP_CA_FILE: caFile() })).rejects.toThrow(
        /^LDAP_TLS_MIN_VERSION: localhost and this server have no TLS version in common\./,
      ),
    )
    await showing(shown.good, { maxVersion: 'TLSv1.2' }, (url) =>
      expect(peopleSeen({ LDAP_URL: url, LDAP_CA_FILE: caFile(), LDAP_TLS_MIN_VERSION: 'TLSv1.3' })).rejects.toThrow(
        /^LDAP_TLS_MIN_VERSION: /,
      ),
    )
  })

  test('a server that says nothing to the TLS hello', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}).resume())
    await listening(silent, 'ldaps', (url) =>
      expect(peopleSeen({ LDAP_URL: url }, { connectMilliseconds: 1_000 })).rejects.toThrow(
        /^LDAP_URL: localhost does not answer the TLS hello\. Use ldap:\/\/ with LDAP_START_TLS/,
      ),
    )
  })

  test('a CA that is none', async () => {
    const file = join(folder, 'nonsense.pem')
    await writeFile(file, '-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n')
    await showing(shown.good, {}, async (url) => {
      await expect(peopleSeen({ LDAP_URL: url, LDAP_CA_FILE: file })).rejects.toThrow(/^LDAP_CA_FILE: holds no certificate/)
      const text = await readFile(file, 'utf8')
      await expect(peopleSeen({ LDAP_URL: url, LDAP_CA_CERTIFICATE: text })).rejects.toThrow(/^LDAP_CA_CERTIFICATE: holds no/)
    })
  })
})

describe('the certificate that we show to a real slapd', () => {
  let ldap: OpenLdap
  let client: Certificates
  let pem: { certificate: string; key: string }
  beforeAll(async () => {
    const lines = ['TLSVerifyClient demand', `authz-regexp "cn=sync" "${reader.dn}"`]

    ldap = await startOpenLdap({ users: 1, lines })
    client = await issue(ldap.folder, 'client', { commonName: 'sync', usage: 'clientAuth', names: 'DNS:sync.example.org' })
    pem = { certificate: await readFile(client.certificateFile, 'utf8'), key: await readFile(client.keyFile, 'utf8') }
  })
  afterAll(() => ldap.stop())
  const ldaps = () => ({ LDAP_URL: ldap.ldapsUrl, LDAP_CA_FILE: ldap.caFile })
  const bind = () => ({ LDAP_BIND_DN: ldap.bindDn, LDAP_BIND_PASSWORD: ldap.bindPassword })
  const shownToIt = () => ({ LDAP_CLIENT_CERTIFICATE: client.certificateFile, LDAP_CLIENT_KEY: client.keyFile })

  test('is named by file or as PEM text, on ldaps and after StartTLS, with a password or instead of one', async () => {
    const text = { LDAP_CLIENT_CERTIFICATE: pem.certificate, LDAP_CLIENT_KEY: pem.key }
    const external = { LDAP_SASL_EXTERNAL: 'true' }
    const startTls = { LDAP_URL: ldap.url, LDAP_START_TLS: 'true', LDAP_CA_CERTIFICATE: await readFile(ldap.caFile, 'utf8') }
    for (const way of [
      { ...ldaps(), ...bind(), ...shownToIt() },
      { ...ldaps(), ...text, ...external },
      { ...startTls, ...shownToIt(), ...external },
      { ...ldaps(), ...text, ...bind(), LDAP_TLS_MIN_VERSION: 'TLSv1.3' },
    ])
      expect(await peopleSeen(way)).toBe(1)
  })

  // Debian's slapd (GnuTLS) hangs up without an alert; the next test has a server that says why.
  const unheard = /^LDAP_CLIENT_CERTIFICATE: the directory ended the encrypted connection before its first answer/
  const faults: readonly (readonly [string, () => Promise<Record<string, string>>, RegExp])[] = [
    ['none', async () => ({ ...bind() }), unheard],
    [
      'one of another authority',
      async () => {
        const { certificateFile, keyFile } = await issue(join(folder, 'foreign'), 'stranger', { usage: 'clientAuth' })
        return { ...bind(), LDAP_CLIENT_CERTIFICATE: certificateFile, LDAP_CLIENT_KEY: keyFile }
      },
      unheard,
    ],
    [
      'one that has expired',
      async () => {
        const wish = { usage: 'clientAuth', from: '20200101000000Z', until: '20210101000000Z' } as const
        const { certificateFile, keyFile } = await issue(ldap.folder, 'old-client', wish)
        return { ...bind(), LDAP_CLIENT_CERTIFICATE: certificateFile, LDAP_CLIENT_KEY: keyFile }
      },
      unheard,
    ],
    [
      'a key that belongs to another certificate',
      async () => ({ ...shownToIt(), LDAP_CLIENT_KEY: join(ldap.folder, 'server.key') }),
      /^LDAP_CLIENT_KEY: does not fit the client certificate/,
    ],
    [
      'a file that is not there',
      async () => ({ ...shownToIt(), LDAP_CLIENT_CERTIFICATE: '/nowhere/client.pem' }),
      /^LDAP_CLIENT_CERTIFICATE: the file \/nowhere\/client\.pem cannot be read/,
    ],
  ]
  test.each(faults)('%s is refused', async (_what, environment, sentence) => {
    await expect(peopleSeen({ ...ldaps(), ...(await environment()) })).rejects.toThrow(sentence)
  })
  test('is asked for, or refused, in the words of the alert where the server sends one (OpenSSL)', async () => {
    const { certificateFile, keyFile } = await issue(join(folder, 'foreign'), 'other-stranger', { usage: 'clientAuth' })
    const stranger = { LDAP_CLIENT_CERTIFICATE: certificateFile, LDAP_CLIENT_KEY: keyFile }
    const { certificateFile: cert, keyFile: key } = shown.good
    const own = ['-cert', cert, '-key', key, '-CAfile', caFile()]
    const server = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', '-Verify', '1', '-verify_return_error', ...own])
    try {
      const way = { LDAP_URL: `ldaps://localhost:${await acceptedPort(server)}`, LDAP_CA_FILE: caFile() }
      await expect(peopleSeen(way)).rejects.toThrow(/^LDAP_CLIENT_CERTIFICATE: the directory asks for a client certificate\./)
      await expect(peopleSeen({ ...way, ...stranger })).rejects.toThrow(
        /^LDAP_CLIENT_CERTIFICATE: the directory does not accept this certificate\. Check that it has not expired/,
      )
    } finally {
      server.kill('SIGKILL')
    }
  })
})

/** openssl-s_server(1) says where it listens once it does. */
async function acceptedPort({ stdout }: ChildProcessWithoutNullStreams): Promise<string> {
  let said = ''
  for await (const chunk of stdout) {
    said += chunk
    const port = /^ACCEPT .*:(\d+)$/m.exec(said)?.[1]
    if (port) return port
  }
  throw new Error(`openssl s_server ended: ${said}`)
}
