// A real 389 Directory Server for one test file, in a temporary folder, with the plugins on by which it tells or counts changes.
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../sample/free-port.ts'
import { answers, feed } from '../../sample/openldap.ts'
import { base, entry, reader } from '../../sample/seed.ts'

const admin = { dn: 'cn=Directory Manager', password: 'Passw0rd!manager' } as const
const template = '/usr/share/dirsrv/data/template-dse.ldif'

/** A running directory. */
export interface Directory389 {
  readonly url: string
  readonly bindDn: string
  readonly bindPassword: string
  /** Applies LDIF change records as the directory's administrator. */
  modify(ldif: string): Promise<void>
  /** Ends the process and starts it on what it left. */
  restart(): Promise<void>
  /** Ends the process and removes the folder. */
  stop(): Promise<void>
}

/** What is off by default: content synchronization with the changelog that it reads, or numbers of changes. */
const plugins = {
  content: /^dn: cn=(Content Synchronization|Retro Changelog Plugin),cn=plugins/i,
  numbers: /^dn: cn=USN,cn=plugins/i,
} as const

/** Starts it, waits until it answers, and gives it its suffix and an account that may read. */
export async function start389(on: keyof typeof plugins = 'content'): Promise<Directory389> {
  const folder = await mkdtemp(join(tmpdir(), 'pocket-id-edge-389-'))
  const port = await freePort()
  await prepare(folder, port, plugins[on])
  let end = await launch(folder, port)
  const url = `ldap://127.0.0.1:${port}`
  const modify = (ldif: string) => feed('ldapmodify', ['-a', '-x', '-H', url, '-D', admin.dn, '-w', admin.password], [ldif])
  await modify(suffix())
  return {
    ...{ url, bindDn: reader.dn, bindPassword: reader.password, modify },
    async restart() {
      await end()
      end = await launch(folder, port)
    },
    async stop() {
      await end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until it answers. @returns what ends it */
async function launch(folder: string, port: number): Promise<() => Promise<void>> {
  const child = spawn('ns-slapd', ['-D', join(folder, 'etc'), '-i', join(folder, 'run', 'pid'), '-d', '0'], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const deadline = Date.now() + 120_000
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`389 does not answer: ${await readFile(join(folder, 'log', 'errors'), 'utf8').catch(() => '')}`)
    await pause(50)
  }
  return async () => {
    child.kill('SIGTERM')
    const patience = setTimeout(kill, 30_000)
    await ended
    clearTimeout(patience)
  }
}

/** Fills in the template that comes with the server, as its own installer does. */
async function prepare(folder: string, port: number, plugin: RegExp): Promise<void> {
  const at = (name: string) => join(folder, name)
  const folders = ['etc', 'etc/schema', 'run', 'log', 'db', 'lock', 'tmp', 'ldif', 'bak', 'inst']
  for (const name of folders) await mkdir(at(name), { recursive: true })
  await copyFile('/etc/dirsrv/schema/99user.ldif', at('etc/schema/99user.ldif'))
  const places = Object.fromEntries(
    ['lock', 'tmp', 'ldif', 'bak', 'run', 'inst', 'log', 'db'].map((name) => [`${name}_dir`, at(name)]),
  )
  const values: Readonly<Record<string, string>> = {
    ...places,
    ...{ schema_dir: at('etc/schema'), cert_dir: at('etc'), config_dir: at('etc'), db_home_dir: at('db'), db_lib: 'bdb' },
    ...{ fqdn: 'localhost', ds_port: String(port), ds_user: userInfo().username, ds_suffix: base },
    ...{ rootdn: admin.dn, ds_passwd: hashed(admin.password) },
    ...{ ldapi: at('run/socket'), ldapi_enabled: 'off', ldapi_autobind: 'off' },
  }
  const filled = (await readFile(template, 'utf8').catch(complain)).replace(
    /%([a-z_]+)%/g,
    (_, name: string) => values[name] ?? '',
  )
  const records = filled.replaceAll('\n ', '').split(/\n\n+/)
  await writeFile(
    at('etc/dse.ldif'),
    `${records.map((record) => (plugin.test(record) ? switchedOn(record) : record)).join('\n\n')}\n`,
  )
}

function complain(): never {
  throw new Error('389 Directory Server is not installed. Install it (Debian: apt-get install 389-ds-base) and run this again.')
}

function switchedOn(record: string): string {
  const on = record.replace(/(nsslapd-pluginEnabled): off/i, '$1: on')
  return /Retro/.test(record) ? `${on}\nnsslapd-attribute: nsuniqueid:targetUniqueId` : on
}

function hashed(password: string): string {
  const salt = randomBytes(8)
  return `{SSHA512}${Buffer.concat([createHash('sha512').update(password).update(salt).digest(), salt]).toString('base64')}`
}

const suffix = (): string =>
  [
    `dn: cn=userroot,cn=ldbm database,cn=plugins,cn=config\nobjectClass: extensibleObject\nobjectClass: nsBackendInstance\ncn: userroot\nnsslapd-suffix: ${base}\n\n`,
    `dn: cn="${base}",cn=mapping tree,cn=config\nobjectClass: extensibleObject\nobjectClass: nsMappingTree\ncn: ${base}\nnsslapd-state: backend\nnsslapd-backend: userroot\n\n`,
    `dn: ${base}\nobjectClass: domain\ndc: example\n\n`,
    // Changed after it was made: the number that a new database begins with would break the counting after a restart.
    `dn: ${base}\nchangetype: modify\nadd: aci\naci: (targetattr != "userPassword")(version 3.0; acl "read"; allow (read,search,compare) userdn = "ldap:///${reader.dn}";)\n\n`,
    ...[
      entry(`ou=services,${base}`, { entryUUID: undefined, objectClass: 'organizationalUnit', ou: 'services' }),
      entry(reader.dn, {
        ...{ entryUUID: undefined, objectClass: ['organizationalRole', 'simpleSecurityObject'] },
        ...{ cn: 'readonly', userPassword: reader.password },
      }),
    ],
  ].join('')
