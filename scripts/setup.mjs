// The way into a fresh clone: brings what a script needs, then runs it on the Node that package.json asks for.
// Plain JavaScript without a dependency, because it must run on the system's Node (20 and on) before `npm ci`.
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bringOauth2Proxy, hasGo } from './setup-apps.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const [script, ...args] = process.argv.slice(2)

const withContainer = process.env.CI === 'true' || process.env.CONTAINER_TEST === '1'
/** What each script needs beside npm packages; a script that is not named needs nothing. */
const needsOf = {
  'scripts/demo.ts': ['directory'],
  'scripts/pictures.ts': ['directory', 'browser'],
  'scripts/test.ts': ['directory', 'domain', 'browser', 'apps', ...(withContainer ? ['container'] : [])],
  'bench/start.ts': ['directory'],
  'bench/sync.ts': ['directory'],
}
const standInBase = [{ anyOf: ['mmdebstrap'], package: 'mmdebstrap' }]
/** Each part of a need: programs of which one must be there, and the Debian package that brings one. */
const parts = {
  directory: [
    { anyOf: ['slapd'], package: 'slapd' },
    { anyOf: ['ldapsearch', 'ldapmodify'], all: true, package: 'ldap-utils' },
    { anyOf: ['openssl'], package: 'openssl' },
  ],
  domain: [
    { anyOf: ['samba-tool'], package: 'samba-common-bin samba-ad-provision samba-dsdb-modules python3-samba' },
    { anyOf: ['samba'], package: 'samba samba-ad-dc' },
    { anyOf: ['ns-slapd'], package: '389-ds-base' },
    { anyOf: ['ldbadd'], package: 'ldb-tools' },
    { anyOf: ['unshare'], package: 'util-linux' },
    { anyOf: ['ip'], package: 'iproute2' },
  ],
  // Apps of others that a test protects a page with.
  apps: [
    { anyOf: ['apache2'], package: 'apache2-bin' },
    { file: '/usr/lib/apache2/modules/mod_auth_openidc.so', package: 'libapache2-mod-auth-openidc' },
    { anyOf: ['pip3', 'pip'], orWhen: hasGo, package: 'python3-pip' },
  ],
  browser: [{ anyOf: ['chromium', 'chromium-browser', 'google-chrome'], package: 'chromium' }],
  container: [{ anyOf: ['podman', 'buildah'], orWhen: dockerAnswers, package: 'buildah' }, ...(isRoot() ? standInBase : [])],
}

if (!script) stop('Name the script to run: node scripts/setup.mjs scripts/demo.ts')
installPackages()
installPrograms(needsOf[script] ?? [])
if (needsOf[script]?.includes('apps')) bringApps()
run(script, args)

function installPackages() {
  const stale = stalePackage()
  if (!stale) return
  console.error(`Installing npm packages (${stale}) ...`)
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] })
  if (done.status !== 0) stop('npm ci failed; its words are above.')
}

/** Why node_modules is not what package-lock.json says, or undefined. By content, since a checkout says nothing by its times. */
function stalePackage() {
  const hidden = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(hidden) || !existsSync(join(bin, 'node'))) return 'there are none yet'
  const installed = packagesOf(hidden)
  const wanted = Object.entries(packagesOf(join(root, 'package-lock.json')))
  const path = wanted.find(([path, { version, optional }]) => path && !optional && installed[path]?.version !== version)?.[0]
  return path && `${path} is not the version that package-lock.json names`
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

function installPrograms(needs) {
  const missing = needs.flatMap((need) => parts[need]).filter((part) => !isThere(part))
  if (missing.length === 0) return
  const packages = missing.map((part) => part.package).join(' ')
  const line = `apt-get update && apt-get install -y --no-install-recommends ${packages}`
  if (!isRoot() || !find('apt-get')) {
    stop(`These programs are missing: ${packages}. On Debian or Ubuntu type:\n  sudo sh -c '${line}'\nand run this again.`)
  }
  console.error(`Installing ${packages} ...`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const done = spawnSync('sh', ['-c', line], { env: environment, encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (done.status !== 0) stop(`${done.stdout}${done.stderr}\nThis failed: ${line}`)
}

function bringApps() {
  try {
    bringOauth2Proxy(join(root, '.cache'))
  } catch (error) {
    stop(error.message)
  }
}

function isThere({ anyOf, all, file, orWhen }) {
  if (file) return existsSync(file)
  return (all ? anyOf.every(find) : anyOf.some(find)) || orWhen?.() === true
}

function find(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/libexec']
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function dockerAnswers() {
  return spawnSync('docker', ['version'], { stdio: 'ignore', timeout: 10_000 }).status === 0
}

function isRoot() {
  return process.getuid?.() === 0
}

function run(target, rest) {
  const environment = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }
  const child = spawn(join(bin, 'node'), [target, ...rest], { cwd: root, stdio: 'inherit', env: environment })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // Ctrl-C in a terminal reaches the child by itself; twice would mean "at once".
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal))
  }
  // npm that is killed takes only its shell with it, and nobody would ever end what it leaves behind.
  const parent = process.ppid
  setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref()
  child.on('error', (error) => stop(`${join(bin, 'node')} does not start: ${error.message}`))
  child.on('exit', (code) => process.exit(code ?? 1))
}

function stop(words) {
  console.error(words)
  process.exit(1)
}
