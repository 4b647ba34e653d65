// `npm run bench:sync -- --users 10000 [--json] [--write]`: a directory sync beside ldapsearch reading the same attributes, in one run.
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Build, buildAside } from '../sample/build.ts'
import { ldapEnvironment } from '../sample/environment.ts'
import { freePort } from '../sample/free-port.ts'
import { startOpenLdap } from '../sample/openldap.ts'
import { type PocketId, type Program, startPocketId } from '../sample/pocket-id.ts'
import { type ChangeFigures, measureChanges } from './changes.ts'
import { ldapsearch } from './directory-work.ts'
import { type LiveFigures, measureLive } from './live.ts'
import { isHealthy, median, peakMegabytes } from './measure.ts'
import { key, somebodyWithPasskey } from './people.ts'
import { keepPage, table } from './sync-table.ts'

const { values: options } = parseArgs({
  options: {
    /** Several, separated by commas, show how times grow. */
    users: { type: 'string', default: '10000' },
    json: { type: 'boolean', default: false },
    /** Keeps the tables in docs/reference/performance.md. */
    write: { type: 'boolean', default: false },
  },
})
/** A million people are read for minutes: there the middle of three will do. */
const roundsAt = (users: number) => (users > 100_000 ? 3 : 5)

export interface Figures {
  readonly users: number
  readonly baseline: number
  readonly first: number
  readonly again: number
  readonly changes: ChangeFigures
  readonly live: LiveFigures
  readonly firstMegabytes: number
  readonly laterMegabytes: number
  /** A first sync while somebody signs in over and over. */
  readonly busyFirst: number
  readonly worstHealth: number
  readonly worstSignIn: number
}

const build = await buildAside()
const all: Figures[] = []
for (const count of options.users.split(',').map(Number)) {
  if (!Number.isInteger(count) || count < 200) throw new Error('--users wants whole numbers of at least 200, such as 10000.')
  const figures = await measureAt(build, count)
  all.push(figures)
  if (!options.json) console.log(`${table(figures)}\n`)
}
if (options.json) console.log(JSON.stringify(all.length === 1 ? all[0] : all))
if (options.write) keepPage(all)
build.remove()

async function measureAt({ program }: Build, users: number): Promise<Figures> {
  // Without refint, which rewrites the group of all for every deletion: what is measured is ours.
  const ldap = await startOpenLdap({ users, overlays: ['memberof', 'syncprov', 'ppolicy'] })
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-bench-'))
  const port = String(await freePort())
  const environment = {
    ...ldapEnvironment(ldap),
    ...{ STATIC_API_KEY: key, ENCRYPTION_KEY: 'a key for the benchmark only', DISABLE_RATE_LIMITING: 'true', PORT: port },
    ...{ DB_CONNECTION_STRING: join(folder, 'bench.db'), APP_URL: `http://localhost:${port}`, LDAP_MAX_REMOVAL_PERCENT: '100' },
  }
  const rounds = roundsAt(users)
  try {
    const baseline = median(await times(rounds, () => ldapsearch(ldap)))
    const first = await withServer(
      () => startPocketId(program, environment),
      async (server) => ({ milliseconds: await firstSync(server), megabytes: peakMegabytes(server.child) }),
    )
    const later = await withServer(
      () => startPocketId(program, environment),
      async (server) => {
        await firstSync(server)
        const again = median(await times(rounds, () => syncAgain(server)))
        return { again, megabytes: peakMegabytes(server.child) }
      },
    )
    const busy = await whileBusy(program, { ...environment, DB_CONNECTION_STRING: join(folder, 'busy.db') })
    const live = await withServer(
      () => startPocketId(program, { ...environment, LDAP_LIVE: 'true' }),
      async (server) => {
        await firstSync(server)
        return measureLive(server, ldap, environment.DB_CONNECTION_STRING)
      },
    )
    const changes = await measureChanges(ldap, environment, users)
    return {
      ...{ users, baseline, changes, live, first: first.milliseconds, again: later.again },
      ...{ firstMegabytes: first.megabytes, laterMegabytes: later.megabytes },
      ...busy,
    }
  } finally {
    await ldap.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One more first sync, while somebody signs in over and over: what they notice of it, and what it notices of them. */
async function whileBusy(
  program: Program,
  environment: Readonly<Record<string, string>>,
): Promise<Pick<Figures, 'worstHealth' | 'worstSignIn' | 'busyFirst'>> {
  const signIn = await withServer(() => startPocketId(program, { ...environment, LDAP_ENABLED: 'false' }), prepare)
  return withServer(
    () => startPocketId(program, environment),
    async (server) => {
      const run = firstSync(server)
      const [health, entry] = await Promise.all([worstWhile(run, healthOf(server)), worstWhile(run, () => signIn(server))])
      return { worstHealth: health.worst, worstSignIn: entry.worst, busyFirst: await run }
    },
  )
}

async function withServer<T>(start: () => Promise<PocketId>, work: (server: PocketId) => Promise<T>): Promise<T> {
  const server = await start()
  try {
    return await work(server)
  } finally {
    await server.stop()
  }
}

async function prepare(server: PocketId) {
  await server.line(/Listening/)
  return somebodyWithPasskey(server)
}

/** How long the run at start took, in milliseconds, as the log says. */
async function firstSync(server: PocketId): Promise<number> {
  const line = await server.line(/name=SyncLdap /)
  const duration = /Job run successfully.* duration=(\d+)ms/.exec(line)?.[1]
  if (!duration) throw new Error(line)
  return Number(duration)
}

async function times(count: number, measure: () => Promise<number>): Promise<readonly number[]> {
  const all: number[] = []
  for (let round = 0; round < count; round++) all.push(await measure())
  return all
}

/** The slowest of something done over and over, from the first time it works until the work is done. */
async function worstWhile(work: Promise<unknown>, ask: () => Promise<unknown>): Promise<{ readonly worst: number }> {
  let done = false
  const finish = () => {
    done = true
  }
  work.then(finish, finish)
  let worst = 0
  let answered = false
  while (!done) {
    const begun = performance.now()
    const ok = await ask().then(
      (answer) => answer !== false,
      () => false,
    )
    if (ok && answered) worst = Math.max(worst, performance.now() - begun)
    answered ||= ok
    await pause(2)
  }
  return { worst }
}

function healthOf({ url }: PocketId): () => Promise<boolean> {
  const agent = new Agent({ keepAlive: true })
  return () => isHealthy(url, agent)
}

async function syncAgain({ url }: PocketId): Promise<number> {
  const begun = performance.now()
  const answer = await fetch(`${url}/api/application-configuration/sync-ldap`, { method: 'POST', headers: { 'x-api-key': key } })
  if (answer.status !== 204) throw new Error(`The sync answered ${answer.status}: ${await answer.text()}`)
  return performance.now() - begun
}
