// Apache with Debian's mod_auth_openidc, protecting a page of its own in a temporary folder: what people have run for years.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const modules = '/usr/lib/apache2/modules'
const loaded = [
  'mpm_event',
  'authn_core',
  'authz_core',
  'authz_user',
  'include',
  'mime',
  'filter',
  'dir',
  'alias',
  'auth_openidc',
]

export interface ProtectedSite {
  readonly url: string
  stop(): Promise<void>
}

export interface ApacheOptions {
  /** The provider's address. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly port: number
}

/** Starts it and waits until it answers. The page at /private/ shows whom it let in, by name and groups. */
export async function startApache(options: ApacheOptions): Promise<ProtectedSite> {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-apache-'))
  const url = `http://127.0.0.1:${options.port}`
  mkdirSync(join(folder, 'www/private'), { recursive: true })
  writeFileSync(
    join(folder, 'www/private/index.shtml'),
    '<p id="who"><!--#echo var="REMOTE_USER" --></p><p id="groups"><!--#echo var="OIDC_CLAIM_groups" --></p>',
  )
  writeFileSync(join(folder, 'www/bye.html'), '<p id="bye">Signed out</p>')
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, 'apache.conf'), configuration(folder, url, options))
  const log = join(folder, 'error.log')
  const words = () => (existsSync(log) ? readFileSync(log, 'utf8') : '')
  const child = spawn('/usr/sbin/apache2', ['-d', folder, '-f', join(folder, 'apache.conf'), '-D', 'FOREGROUND'], {
    stdio: 'ignore',
  })
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await answers(`${url}/bye.html`, child)
  } catch (error) {
    const said = words()
    await stop()
    throw new Error(`Apache does not answer:\n${said}`, { cause: error })
  }
  return { url, stop }
}

/** Asks until there is an answer, or the process has ended. */
export async function answers(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer) return
    if (child.exitCode !== null) throw new Error(`The process ended with ${child.exitCode}.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const configuration = (folder: string, url: string, { issuer, clientId, clientSecret, port }: ApacheOptions): string => `
${loaded.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
Mutex file:${folder}
ErrorLog ${folder}/error.log
User www-data
Group www-data
DocumentRoot ${folder}/www
TypesConfig /dev/null
AddType text/html .html .shtml
AddOutputFilter INCLUDES .shtml
DirectoryIndex index.shtml
<Directory ${folder}/www>
  Options +Includes
  Require all granted
</Directory>
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${clientId}
OIDCClientSecret ${clientSecret}
OIDCRedirectURI ${url}/private/callback
OIDCDefaultLoggedOutURL ${url}/bye.html
OIDCScope "openid profile email groups"
OIDCPKCEMethod S256
OIDCRemoteUserClaim preferred_username
OIDCCryptoPassphrase a-passphrase-for-tests
OIDCCacheType shm
<Location /private/>
  AuthType openid-connect
  Require valid-user
</Location>
`
