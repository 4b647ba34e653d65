// `npm run bench:start [-- --json]`: from the start of the bundle to its first /healthz, and its memory, beside Node alone.
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { buildAside } from '../sample/build.ts'
import { ldapEnvironment } from '../sample/environment.ts'
import { freePort } from '../sample/free-port.ts'
import { startOpenLdap } from '../sample/openldap.ts'
import { type PocketId, type Program, startPocketId } from '../sample/pocket-id.ts'
import { isHealthy, median, peakMegabytes } from './measure.ts'

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
const rounds = 9
const users = 100
/** An HTTP server and nothing else: what no start on Node can undercut. */
const bareNode: Program = [
  process.execPath,
  '-e',
  `require('node:http').createServer((_, answer) => answer.writeHead(204).end()).listen(process.env.PORT, '127.0.0.1')`,
]

interface Start {
  readonly milliseconds: number
  readonly megabytes: number
}

const ldap = await startOpenLdap({ users })
const build = await buildAside()
const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-bench-'))
try {
  const environment = { ...ldapEnvironment(ldap), ENCRYPTION_KEY: 'a key for the benchmark only' }
  const kept = { ...environment, DB_CONNECTION_STRING: join(folder, 'kept.db') }
  // Turn by turn, so that a machine that is busy for a while is unfair to all alike.
  const [bare, first, again]: [Start[], Start[], Start[]] = [[], [], []]
  await start(build.program, kept)
  for (let round = 0; round < rounds; round++) {
    bare.push(await start(bareNode, {}))
    first.push(await start(build.program, environment))
    again.push(await start(build.program, kept))
  }
  print({ bare: typical(bare), first: typical(first), again: typical(again), afterSyncMegabytes: await peakAfterSync(kept) })
} finally {
  rmSync(folder, { recursive: true, force: true })
  build.remove()
  await ldap.stop()
}

/** One start, until /healthz answers. */
async function start(program: Program, environment: Readonly<Record<string, string>>): Promise<Start> {
  const PORT = String(await freePort())
  const begun = performance.now()
  const server = await startPocketId(program, { ...environment, PORT })
  try {
    await firstAnswer(server)
    return { milliseconds: performance.now() - begun, megabytes: peakMegabytes(server.child) }
  } finally {
    await server.stop()
  }
}

async function firstAnswer(server: PocketId): Promise<void> {
  const agent = new Agent()
  while (!(await isHealthy(server.url, agent))) {
    if (server.child.exitCode !== null) throw new Error(['The server ended.', ...server.lines].join('\n'))
    await pause(1)
  }
  agent.destroy()
}

/** What a whole life costs: start, answer, and a sync that finds nothing to change. */
async function peakAfterSync(environment: Readonly<Record<string, string>>): Promise<number> {
  const server = await startPocketId(build.program, environment)
  try {
    const line = await server.line(/name=SyncLdap/)
    if (!line.includes('Job run successfully')) throw new Error(line)
    return peakMegabytes(server.child)
  } finally {
    await server.stop()
  }
}

function typical(starts: readonly Start[]): Start {
  return { milliseconds: median(starts.map((one) => one.milliseconds)), megabytes: median(starts.map((one) => one.megabytes)) }
}

interface Figures {
  readonly bare: Start
  readonly first: Start
  readonly again: Start
  readonly afterSyncMegabytes: number
}

function print(figures: Figures): void {
  if (options.json) {
    console.log(JSON.stringify(figures))
    return
  }
  const row = (what: string, time: string, memory: string, ratio = '', goal = '') =>
    `${what.padEnd(44)}${time.padStart(8)}${memory.padStart(9)}${ratio.padStart(8)}${goal.padStart(18)}`
  const { bare, first, again, afterSyncMegabytes } = figures
  const start = (what: string, { milliseconds, megabytes }: Start, goal = '') =>
    row(what, `${milliseconds.toFixed(0)} ms`, `${megabytes} MB`, `${(milliseconds / bare.milliseconds).toFixed(1)} x`, goal)
  console.log(
    [
      row(`start to the first answer, median of ${rounds}`, 'time', 'peak', 'ratio', 'at most'),
      start('Node alone, an empty HTTP server', bare),
      start('first start, no database yet', first, '250 ms, 100 MB'),
      start('start with its database', again, '250 ms, 100 MB'),
      row(`the same after its sync of ${users} users`, '', `${afterSyncMegabytes} MB`),
    ].join('\n'),
  )
}
