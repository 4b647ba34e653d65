// Following a run: server-sent events for whoever administers, to their end; on a terminal a bar, elsewhere nothing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { fromSource } from '../../sample/pocket-id.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { ldapEnvironment } from './ldap-instance.ts'

let ldap: OpenLdap
let server: TestServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
  await ldap?.stop()
})

const path = '/api/ldap/progress'
interface Said {
  readonly event: string
  readonly data: { readonly kind?: string; readonly stage?: string; readonly done?: number; readonly percent?: number }
}

/** What is said, event by event, until the stream ends. */
async function* eventsOf(answer: Response): AsyncGenerator<Said> {
  let rest = ''
  for await (const bytes of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = (rest + bytes).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, event = '', data = '{}'] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? []
      yield { event, data: JSON.parse(data) as Said['data'] }
    }
  }
}

test('a run is told stage by stage, to administrators alone, and stopping the server ends the stream', async () => {
  ldap = await startOpenLdap({ users: 3_000 })
  server = await startServer({ ...ldapEnvironment(ldap), LDAP_LIVE: 'false' })
  await server.line(/name=SyncLdap/)
  expect((await fetch(new URL(path, server.url))).status).toBe(401)
  const answer = await server.asAdmin(path)
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  const said: Said[] = []
  let stopping: Promise<unknown> | undefined
  for await (const one of eventsOf(answer)) {
    // Said again after a while, for proxies that end silent connections.
    if (one.event === 'idle' && said.at(-1)?.event === 'idle') continue
    said.push(one)
    if (said.length === 1) void server.asAdmin('/api/application-configuration/sync-ldap', { method: 'POST' })
    // What ends it is the server, which takes no longer over it than over anything else.
    if (one.event === 'idle' && said.length > 1) stopping ??= server.stop()
  }
  expect(await stopping).toBe(0)
  expect(said.map(({ event }) => event)).toEqual(['idle', ...said.slice(2).map(() => 'progress'), 'idle'])
  const told = said.slice(1, -1).map(({ data }) => data)
  expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(['sync']))
  const stages = [...new Set(told.map(({ stage }) => stage))]
  expect(stages).toEqual(['connect', 'users', 'groups', 'plan', 'guard'].filter((stage) => stages.includes(stage)))
  expect(stages.length).toBeGreaterThan(2)
  const percents = told.map(({ percent = 0 }) => percent)
  expect(percents).toEqual([...percents].sort((left, right) => left - right))
  server = undefined
})

test('the terminal shows a bar, which is not in what goes to a file', async () => {
  ldap = await startOpenLdap({ users: 1_200 })
  server = await startServer({ ...ldapEnvironment(ldap), LDAP_LIVE: 'false', LDAP_STAGED: 'true' })
  await server.line(/name=SyncLdap/)
  const kept = join(server.folder, 'plan.txt')
  const words = [...fromSource, 'ldap', 'plan'].map((word) => `'${word}'`).join(' ')
  // `script` (util-linux) gives a command a terminal of its own.
  const terminal = spawn('script', ['-qfec', `${words} > '${kept}'`, '/dev/null'], {
    env: server.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [seen] = await Promise.all([text(terminal.stdout), once(terminal, 'close')])
  expect(seen).toMatch(/\[#*-*\] +\d+ % {2}reading (users|groups)/)
  expect(seen).toMatch(/checking the plan/)
  const plan = readFileSync(kept, 'utf8')
  expect(plan).toMatch(/^\+ create/)
  expect(plan).not.toContain('%')
  expect((await server.pocketId('ldap', 'plan')).stderr).toBe('')
})
