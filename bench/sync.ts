// `npm run bench:sync -- --users 10000 [--json]`: a directory sync against ldapsearch reading the same attributes, in one run.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { buildAside } from '../sample/build.ts'
import { ldapEnvironment } from '../sample/environment.ts'
import { type OpenLdap, startOpenLdap } from '../sample/openldap.ts'
import { type PocketId, startPocketId } from '../sample/pocket-id.ts'
import { isHealthy, median, peakMegabytes as peakOf } from './measure.ts'

const { values: options } = parseArgs({
  options: { users: { type: 'string', default: '10000' }, json: { type: 'boolean', default: false } },
})
const key = 'a static key for the benchmark'
const rounds = 3

const build = await buildAside()
const ldap = await startOpenLdap({ users: Number(options.users) })
try {
  const baseline = await medianOf(() => ldapsearch(ldap))
  const server = await startServer(ldap)
  try {
    const worst = healthWhile(server, server.firstSync)
    const first = await server.firstSync
    const worstHealthMilliseconds = await worst
    const again = await medianOf(() => syncAgain(server))
    const peakMegabytes = peakOf(server.child)
    print({ users: Number(options.users), baseline, first, again, worstHealthMilliseconds, peakMegabytes })
  } finally {
    await server.stop()
  }
} finally {
  build.remove()
  await ldap.stop()
}

interface Figures {
  readonly users: number
  readonly baseline: number
  readonly first: number
  readonly again: number
  readonly worstHealthMilliseconds: number
  readonly peakMegabytes: number
}

function print(figures: Figures): void {
  const { baseline, first, again } = figures
  const all = { ...figures, firstRatio: first / baseline, againRatio: again / baseline }
  if (options.json) {
    console.log(JSON.stringify(all))
    return
  }
  const row = (what: string, value: string, ratio = '', goal = '') =>
    `${what.padEnd(38)}${value.padStart(10)}${ratio.padStart(9)}${goal.padStart(14)}`
  const milliseconds = (value: number) => `${value.toFixed(0)} ms`
  const times = (value: number) => `${value.toFixed(1)} x`
  console.log(
    [
      row(`${figures.users} users`, 'time', 'ratio', 'at most'),
      row('ldapsearch, paged, same attributes', milliseconds(baseline), '1.0 x'),
      row('first sync', milliseconds(first), times(all.firstRatio), '15 x'),
      row('sync with nothing to change', milliseconds(again), times(all.againRatio), '4 x'),
      row('/healthz, worst during the first sync', milliseconds(figures.worstHealthMilliseconds), '', '60 ms'),
      row('peak memory of the server', `${figures.peakMegabytes} MB`),
    ].join('\n'),
  )
}

async function medianOf(measure: () => Promise<number>): Promise<number> {
  const all: number[] = []
  for (let round = 0; round < rounds; round++) all.push(await measure())
  return median(all)
}

/** The two searches a sync makes, by OpenLDAP's own client in C. */
async function ldapsearch(directory: OpenLdap): Promise<number> {
  const begun = performance.now()
  const user = ['entryUUID', 'uid', 'mail', 'givenName', 'sn', 'cn']
  const standing = ['userAccountControl', 'accountExpires', 'nsAccountLock', 'pwdAccountLockedTime', 'shadowExpire']
  await search(directory, '(objectClass=inetOrgPerson)', [...user, ...standing])
  await search(directory, '(objectClass=groupOfNames)', ['entryUUID', 'cn', 'member'])
  return performance.now() - begun
}

async function search(
  { url, base, bindDn, bindPassword }: OpenLdap,
  filter: string,
  attributes: readonly string[],
): Promise<void> {
  const who = ['-x', '-LLL', '-o', 'ldif-wrap=no', '-H', url, '-D', bindDn, '-w', bindPassword]
  const child = spawn('ldapsearch', [...who, '-b', base, '-E', 'pr=1000/noprompt', filter, ...attributes], { stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`ldapsearch ended with ${code}.`)
}

interface Server extends PocketId {
  /** In milliseconds, as the log says. */
  readonly firstSync: Promise<number>
}

async function startServer(directory: OpenLdap): Promise<Server> {
  const server = await startPocketId(build.program, {
    ...ldapEnvironment(directory),
    STATIC_API_KEY: key,
    ENCRYPTION_KEY: 'a key for the benchmark only',
    DISABLE_RATE_LIMITING: 'true',
  })
  const firstSync = server.line(/name=SyncLdap/).then((line) => {
    const duration = /Job run successfully.* duration=(\d+)ms/.exec(line)?.[1]
    if (!duration) throw new Error(line)
    return Number(duration)
  })
  firstSync.catch(() => undefined)
  return { ...server, firstSync }
}

/** The slowest answer of /healthz from the first answer until the work is done. */
async function healthWhile({ url }: PocketId, work: Promise<unknown>): Promise<number> {
  const agent = new Agent({ keepAlive: true })
  let done = false
  const finish = () => {
    done = true
  }
  work.then(finish, finish)
  let worst = 0
  let answered = false
  while (!done) {
    const begun = performance.now()
    const ok = await isHealthy(url, agent)
    if (ok && answered) worst = Math.max(worst, performance.now() - begun)
    answered ||= ok
    await pause(2)
  }
  agent.destroy()
  return worst
}

async function syncAgain({ url }: PocketId): Promise<number> {
  const begun = performance.now()
  const answer = await fetch(`${url}/api/application-configuration/sync-ldap`, { method: 'POST', headers: { 'x-api-key': key } })
  if (answer.status !== 204) throw new Error(`The sync answered ${answer.status}: ${await answer.text()}`)
  return performance.now() - begun
}
