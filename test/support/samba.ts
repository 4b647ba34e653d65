// A real Active Directory for one test file: Samba's LDAP service alone, in a temporary folder and a network of its own.
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Certificates, makeCertificates } from '../../sample/certificates.ts'
import { answers, feed } from '../../sample/openldap.ts'
import { type Relay, relay } from './relay.ts'
import { domain, labBase, sambaChanges, sambaSeed, syncAccount } from './samba-seed.ts'

const run = promisify(execFile)
const ports = { ldap: 389, ldaps: 636 } as const
const admin = { dn: `CN=Administrator,CN=Users,${domain}`, password: 'Passw0rd!admin' } as const
const enclosure = fileURLToPath(new URL('./samba-enclosure.ts', import.meta.url))

/** A running domain controller. */
export interface Samba {
  /** For ldap:// and StartTLS. */
  readonly url: string
  readonly ldapsUrl: string
  /** The authority that signed the server's certificate. */
  readonly caFile: string
  readonly base: string
  readonly bindDn: string
  readonly bindPassword: string
  readonly adminDn: string
  readonly adminPassword: string
  /** Applies LDIF change records as the domain's administrator. */
  modify(ldif: string): Promise<void>
  /** Ends the process and removes the folder. */
  stop(): Promise<void>
}

/** Provisions a domain with what `sambaSeed` writes, starts it and waits until it answers. It takes some ten seconds. */
export async function startSamba({ users = 0 }: { readonly users?: number } = {}): Promise<Samba> {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-id-edge-ad-'))
  const certificates = await makeCertificates(folder)
  const network = findNetwork()
  await provision(folder, certificates, network, users)
  const { child, relays } = await launch(folder, network)
  const [url, ldapsUrl] = relays.map(({ server }, at) => `${at === 0 ? 'ldap' : 'ldaps'}://127.0.0.1:${portOf(server.address())}`)
  if (!url || !ldapsUrl) throw new Error('Samba has no address.')
  return {
    url,
    ldapsUrl,
    caFile: certificates.caFile,
    base: labBase,
    bindDn: syncAccount.dn,
    bindPassword: syncAccount.password,
    adminDn: admin.dn,
    adminPassword: admin.password,
    modify: (ldif) => feed('ldapmodify', ['-a', '-x', '-H', url, '-D', admin.dn, '-w', admin.password], [ldif]),
    async stop() {
      await Promise.all(relays.map((one) => one.close()))
      await end(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const portOf = (address: AddressInfo | string | null): number => (typeof address === 'object' && address ? address.port : 0)

interface Network {
  readonly address: string
  readonly enter: readonly string[]
}

/** Its ports are fixed, so it gets a network of its own; where none may be made, an address that hardly anybody else uses. */
function findNetwork(): Network {
  const lead = ['sh', '-c', 'ip link set lo up && exec "$0" "$@"']
  const ways = [
    ['unshare', '--net', ...lead],
    ['unshare', '--user', '--map-root-user', '--net', ...lead],
  ]
  const enter = ways.find(([program = '', ...args]) => spawnSync(program, [...args, 'true'], { stdio: 'ignore' }).status === 0)
  return enter ? { address: '127.0.0.1', enter } : { address: `127.0.0.${2 + (process.pid % 250)}`, enter: [] }
}

async function provision(folder: string, certificates: Certificates, { address }: Network, users: number): Promise<void> {
  const at = (name: string) => join(folder, name)
  const names = ['--realm=AD.TEST', '--domain=AD', '--host-name=dc1', `--host-ip=${address}`, `--adminpass=${admin.password}`]
  const local = [`--option=interfaces=${address}/8`, '--option=bind interfaces only=yes', '--dns-backend=NONE']
  await run('samba-tool', ['domain', 'provision', '--server-role=dc', ...names, ...local, `--targetdir=${folder}`]).catch(
    complain,
  )
  await mkdir(at('ports'))
  await writeFile(at('smb.conf'), configuration(folder, certificates, address))
  // Straight into the database: a server would take each entry as a transaction of its own.
  const database = ['--nosync', '-H', at('private/sam.ldb'), `--configfile=${at('smb.conf')}`]
  await feed('ldbadd', database, sambaSeed(users))
  await feed('ldbmodify', database, sambaChanges())
}

function complain(error: unknown): never {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  const packages = 'samba samba-ad-dc samba-ad-provision samba-dsdb-modules python3-samba ldb-tools'
  if (missing)
    throw new Error(`samba-tool is not installed. Install it (Debian: apt-get install ${packages}) and run this again.`)
  throw error
}

/** smb.conf(5) for the LDAP service alone, with every folder inside ours. */
const configuration = (folder: string, { certificateFile, keyFile, caFile }: Certificates, address: string): string =>
  [
    '[global]',
    'netbios name = DC1',
    'realm = AD.TEST',
    'workgroup = AD',
    'server role = active directory domain controller',
    'server services = ldap',
    `interfaces = ${address}/8`,
    'bind interfaces only = yes',
    ...[`private dir = ${join(folder, 'private')}`, `state directory = ${join(folder, 'state')}`, `lock directory = ${folder}`],
    ...[
      'cache directory',
      'binddns dir',
      'pid directory',
      'ncalrpc dir',
      'winbindd socket directory',
      'ntp signd socket directory',
    ].map((name) => `${name} = ${join(folder, name.replaceAll(' ', '-'))}`),
    `log file = ${join(folder, 'samba.log')}`,
    'ldap server require strong auth = no',
    'tls enabled = yes',
    `tls certfile = ${certificateFile}`,
    `tls keyfile = ${keyFile}`,
    `tls cafile = ${caFile}`,
    '',
  ].join('\n')

async function launch(folder: string, { address, enter }: Network): Promise<{ child: ChildProcess; relays: readonly Relay[] }> {
  const samba = ['samba', '--foreground', '--no-process-group', '--model=single', `--configfile=${join(folder, 'smb.conf')}`]
  const inside = [
    process.execPath,
    enclosure,
    address,
    join(folder, 'ports'),
    ...Object.values(ports).map(String),
    '--',
    ...samba,
  ]
  const [program = '', ...args] = [...enter, ...inside]
  // While its standard input is open it runs; a test that dies closes it.
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const relays = await Promise.all(
    Object.values(ports).map((port) => relay({ host: '127.0.0.1', port: 0 }, { path: join(folder, 'ports', String(port)) })),
  )
  const deadline = Date.now() + 120_000
  while (!(await answers(portOf(relays[0]?.server.address() ?? null)))) {
    const late = Date.now() > deadline
    if (child.exitCode === null && !late) await pause(50)
    else
      throw new Error(
        `Samba does not answer: ${said.trim()} ${await readFile(join(folder, 'samba.log'), 'utf8').catch(() => '')}`,
      )
  }
  return { child, relays }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.stdin?.end()
  const patience = setTimeout(() => child.kill('SIGKILL'), 30_000)
  await ended
  clearTimeout(patience)
}
