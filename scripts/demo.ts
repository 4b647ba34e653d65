// `npm run demo`: a sample OpenLDAP, this server as built, a first sync, and the administrator's one-time link.
import { buildAside } from '../sample/build.ts'
import { ldapEnvironment } from '../sample/environment.ts'
import { freePort } from '../sample/free-port.ts'
import { type OpenLdap, startOpenLdap } from '../sample/openldap.ts'
import { administrator, company } from '../sample/people.ts'
import { type PocketId, startPocketId } from '../sample/pocket-id.ts'

/** What has to be put away at the end, the last one first. */
const started: (() => unknown)[] = []
let ending = false

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end(0))
try {
  await show()
} catch (error) {
  // Ctrl-C while something starts: the complaint of what was interrupted interests nobody.
  if (!ending) console.error(error instanceof Error ? error.message : error)
  await end(1)
}

async function show(): Promise<void> {
  const directory = await keep(startOpenLdap({ ldif: company() }), ({ stop }) => stop())
  const build = await keep(buildAside(), ({ remove }) => remove())
  const port = String(await freePort(Number(process.env.PORT || 1411)))
  const server = await keep(
    startPocketId(build.program, { ...ldapEnvironment(directory), LDAP_LIVE: 'true', PORT: port }),
    ({ stop }) => stop(),
  )
  const synced = await server.line(/name=SyncLdap/)
  if (!synced.includes('Job run successfully')) throw new Error(synced)
  server.child.once('exit', (code) => ending || fail(server, code))
  const { stdout } = await server.pocketId('one-time-access-token', administrator)
  console.log(words(directory, server, stdout.trim().split('\n').at(-1) ?? ''))
}

/** Remembers how to end what starts, also when it is still starting as the end comes. */
async function keep<T>(starting: Promise<T>, stop: (one: T) => unknown): Promise<T> {
  started.push(() => starting.then(stop, () => undefined))
  const one = await starting
  if (ending) throw new Error('Interrupted.')
  return one
}

async function end(code: number): Promise<void> {
  if (ending) return
  ending = true
  for (let stop = started.pop(); stop; stop = started.pop()) await stop()
  process.exit(code)
}

function fail(server: PocketId, code: number | null): void {
  console.error([...server.lines, `The server ended with ${code}.`].join('\n'))
  void end(1)
}

function words(directory: OpenLdap, server: PocketId, link: string): string {
  return `
  Directory  ${directory.url}  ${directory.base}
             to change it: ldapmodify -x -H ${directory.url} -D ${directory.adminDn} -w ${directory.adminPassword}
  Server     ${server.url}  with everything in ${server.folder}
  Synced     at start, then every hour, or by "Sync now" in the pages

Ctrl-C ends all of it and leaves nothing behind. Until then this link signs ${administrator}, the administrator, in once:

${link}`
}
