// A real OpenLDAP server for the demo, a benchmark or a test: in a temporary folder, on free loopback ports, ended by its pid.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { makeCertificates } from './certificates.ts'
import { freePort } from './free-port.ts'
import { base, baseEntries, reader, seed } from './seed.ts'
import { admin, everyOverlay, type Overlay, slapdConf } from './slapd-conf.ts'

/** What a test wants in its directory. The suffix, its units and the reader account are always there. */
export interface OpenLdapOptions {
  /** People and groups of `seed`. */
  readonly users?: number
  /** More entries. They are loaded by slapadd, which no overlay sees: write memberOf yourself where it matters. */
  readonly ldif?: string | Iterable<string>
  readonly sizeLimit?: string
  readonly overlays?: readonly Overlay[]
  /** More lines of slapd.conf(5): before any database, and for the one with the entries. */
  readonly lines?: readonly string[]
  readonly databaseLines?: readonly string[]
}

/** A running directory. */
export interface OpenLdap {
  /** For ldap:// and StartTLS. */
  readonly url: string
  readonly ldapsUrl: string
  readonly port: number
  readonly base: string
  readonly bindDn: string
  readonly bindPassword: string
  readonly adminDn: string
  readonly adminPassword: string
  /** The authority that signed the server's certificate. */
  readonly caFile: string
  readonly folder: string
  /** The process, so that a test can freeze it (SIGSTOP). */
  readonly pid: () => number | undefined
  /** Applies LDIF change records as the directory's administrator. An entry without `changetype` is added. */
  modify(ldif: string): Promise<void>
  /** Ends the process and keeps the data: the directory is down. */
  halt(): Promise<void>
  /** Starts it on the same ports and the same data. */
  restart(): Promise<void>
  /** Ends the process and removes the folder. */
  stop(): Promise<void>
}

/** Starts slapd with what the options say and waits until it answers. */
export async function startOpenLdap(options: OpenLdapOptions = {}): Promise<OpenLdap> {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-id-edge-ldap-'))
  const slapd = slapdBinary(folder)
  const certificates = await prepare(folder, slapd, options)
  const ports = { ldap: 0, ldaps: 0 }
  let child = await launchOnFreePorts(slapd, folder, ports)
  const url = `ldap://127.0.0.1:${ports.ldap}`
  const halt = () => end(child)
  return {
    url,
    ldapsUrl: `ldaps://127.0.0.1:${ports.ldaps}`,
    port: ports.ldap,
    base,
    bindDn: reader.dn,
    bindPassword: reader.password,
    adminDn: admin.dn,
    adminPassword: admin.password,
    caFile: certificates.caFile,
    folder,
    pid: () => child.pid,
    modify: (ldif) => feed('ldapmodify', ['-a', '-x', '-H', url, '-D', admin.dn, '-w', admin.password], [ldif]),
    halt,
    restart: async () => {
      await halt()
      child = await launch(slapd, folder, ports)
    },
    stop: async () => {
      await halt()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function prepare(folder: string, slapd: string, { users = 0, ldif = [], ...rest }: OpenLdapOptions) {
  await mkdir(join(folder, 'db'))
  const certificates = await makeCertificates(folder)
  const { sizeLimit = 'unlimited', overlays = everyOverlay, lines = [], databaseLines = [] } = rest
  await writeFile(configuration(folder), slapdConf({ folder, certificates, sizeLimit, overlays, lines, databaseLines }))
  const given = typeof ldif === 'string' ? [`${ldif.trim()}\n\n`] : ldif
  await feed(slapd, ['-T', 'add', '-q', '-w', '-f', configuration(folder), '-b', base], all(baseEntries(), seed(users), given))
  return certificates
}

const configuration = (folder: string) => join(folder, 'slapd.conf')

function* all(...parts: readonly Iterable<string>[]): Generator<string> {
  for (const part of parts) yield* part
}

/** AppArmor (Ubuntu) keeps slapd inside /var/lib/ldap by the path of its binary, so a copy of it runs there. */
function slapdBinary(folder: string): string {
  const installed = ['/usr/sbin/slapd', '/usr/libexec/slapd', '/usr/lib/slapd', '/usr/local/sbin/slapd'].find((path) =>
    existsSync(path),
  )
  if (!installed)
    throw new Error('slapd is not installed. Install it (Debian: apt-get install slapd ldap-utils) and run this again.')
  if (!existsSync('/etc/apparmor.d/usr.sbin.slapd')) return installed
  copyFileSync(installed, join(folder, 'slapd'))
  return join(folder, 'slapd')
}

type Ports = { ldap: number; ldaps: number }

/** Another process may take a port between our asking and slapd's binding it: then others are tried. */
async function launchOnFreePorts(slapd: string, folder: string, ports: Ports): Promise<ChildProcess> {
  for (let attempt = 1; ; attempt++) {
    Object.assign(ports, { ldap: await freePort(), ldaps: await freePort() })
    try {
      return await launch(slapd, folder, ports)
    } catch (error) {
      if (attempt === 5) throw error
    }
  }
}

async function launch(slapd: string, folder: string, ports: Ports): Promise<ChildProcess> {
  const listeners = `ldap://127.0.0.1:${ports.ldap} ldaps://127.0.0.1:${ports.ldaps}`
  const child = spawn(slapd, ['-d', '0', '-f', configuration(folder), '-h', listeners], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said += chunk
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const deadline = Date.now() + 120_000
  while (!(await answers(ports.ldap))) {
    if (hasEnded(child)) throw new Error(`slapd ended at once: ${said.trim() || `code ${child.exitCode}`}`)
    if (Date.now() > deadline) {
      kill()
      throw new Error(`slapd does not answer on port ${ports.ldap}: ${said.trim()}`)
    }
    await pause(15)
  }
  if (hasEnded(child)) throw new Error(`slapd ended at once: ${said.trim()}`)
  return child
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

/** Whether an LDAP server answers on this port of 127.0.0.1. */
export async function answers(port: number): Promise<boolean> {
  const search = spawn('ldapsearch', ['-x', '-H', `ldap://127.0.0.1:${port}`, '-s', 'base', '-b', '', '1.1'], { stdio: 'ignore' })
  const [code] = await once(search, 'exit')
  return code === 0
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  // A frozen process takes the signal only once it goes on.
  child.kill('SIGCONT')
  const patience = setTimeout(() => child.kill('SIGKILL'), 30_000)
  await ended
  clearTimeout(patience)
}

/** Runs a program with LDIF on its standard input, and says what it said when it fails. */
export async function feed(program: string, args: readonly string[], ldif: Iterable<string>): Promise<void> {
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ended = once(child, 'close')
  // When the program ends early the pipe breaks; its own words below say more than that.
  const fed = pipeline(Readable.from(inChunks(ldif)), child.stdin).catch(() => undefined)
  const [code] = await ended
  await fed
  if (code !== 0) throw new Error(`${program} failed with code ${code}: ${said.trim()}`)
}

function* inChunks(parts: Iterable<string>): Generator<string> {
  let chunk = ''
  for (const part of parts) {
    chunk += part
    if (chunk.length < 65_536) continue
    yield chunk
    chunk = ''
  }
  yield chunk
}
