// `npm run bench:oidc [-- --json --seconds 3]`: the provider's endpoints, beside a bare Hono route and bare signatures in the same run.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { randomToken, sha256 } from '#core/crypto.ts'
import { type Database, openDatabase } from '#core/db/client.ts'
import { buildAside } from '../sample/build.ts'
import { freePort } from '../sample/free-port.ts'
import { type PocketId, startPocketId } from '../sample/pocket-id.ts'
import { clientSecrets, clients } from '../src/plugins/oidc/tables.ts'
import { type Answered, type Asked, type Load, run, type Throughput, throughput } from './load.ts'
import { processorMicroseconds } from './measure.ts'

interface Figures extends Throughput {
  readonly processor: number
}

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '3' } },
})
const milliseconds = Number(options.seconds) * 1000
const warmMilliseconds = 800
const connections = 16
const many = 64
const adminKey = 'a key for the benchmark'
const secret = randomToken(24)
const prepared = 40_000
const callback = 'https://app.example.org/callback'

const build = await buildAside()
const environment = { STATIC_API_KEY: adminKey, DISABLE_RATE_LIMITING: 'true', LOG_LEVEL: 'error' }
const server = await startPocketId(build.program, environment)
const bare = await startBare()
try {
  const port = Number(new URL(server.url).port)
  await answering(server.url)
  const db = await openDatabase(join(server.folder, 'pocket-id.db'))
  const clientIds = { ES256: await register(db, 'ES256'), RS256: await register(db, 'RS256') }
  const user = await person()
  const basic = (id: string) => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` })
  const ours = basic(clientIds.ES256)
  const codes = await grantsWith(db, user.id, clientIds.ES256, 'codes')
  const refreshTokens = await grantsWith(db, user.id, clientIds.ES256, 'refresh')
  await db.close()

  const token = (form: Asked['form'], headers = ours): Asked => ({
    method: 'POST',
    path: '/api/oidc/token',
    headers,
    form: form ?? {},
  })
  const machine = (id: string) => token({ grant_type: 'client_credentials' }, basic(id))
  const signature = (alg: 'ES256' | 'RS256'): Asked => ({ ...machine(clientIds[alg]), path: `/sign/${alg}` })
  const redeem = () => {
    const code = codes.pop()
    return code === undefined ? undefined : token({ grant_type: 'authorization_code', code, redirect_uri: callback })
  }
  // What userinfo and introspection are asked about: a few hundred tokens, as at an app with people.
  const accessTokens = await tokensFor(port, redeem, 200)
  const aToken = () => accessTokens[Math.floor(Math.random() * accessTokens.length)] ?? ''
  const held = refreshTokens.slice(0, many)
  const refresh = {
    next: (at: number) => token({ grant_type: 'refresh_token', refresh_token: held[at] ?? '' }),
    check: (answer: Answered, at: number) => {
      held[at] = (JSON.parse(ok(answer).body) as { refresh_token: string }).refresh_token
    },
  }
  const same = (asked: Asked) => ({ next: () => asked, check: (answer: Answered) => void ok(answer) })
  const measure = async (at: number, load: Pick<Load, 'next' | 'check'>, width = connections): Promise<Figures> => {
    const { child } = at === port ? server : bare
    // Once before it counts: code that has not run often is slow.
    await run(at, { connections: width, milliseconds: warmMilliseconds, ...load })
    const before = processorMicroseconds(child)
    const throughput = await run(at, { connections: width, milliseconds, ...load })
    // What a busy machine does not change: how long the server was at work for each.
    return { ...throughput, processor: (processorMicroseconds(child) - before) / throughput.count }
  }

  const figures: Record<string, Figures> = {}
  const barePort = bare.port
  figures['bare Hono route'] = await measure(barePort, same({ method: 'GET', path: '/document' }))
  figures.metadata = await measure(port, same({ method: 'GET', path: '/.well-known/openid-configuration' }))
  for (const alg of ['ES256', 'RS256'] as const) {
    figures[`signature ${alg}, one by one`] = await signaturesAlone(alg, 1)
    figures[`signature ${alg}, ${connections} at a time`] = await signaturesAlone(alg, connections)
    figures[`signature ${alg}, behind a route`] = await measure(barePort, same(signature(alg)))
    figures[`client_credentials ${alg}`] = await measure(port, same(machine(clientIds[alg])))
  }
  figures['bare row, read'] = await measure(barePort, same({ method: 'GET', path: '/read' }))
  figures['bare row, committed'] = await measure(barePort, same({ method: 'POST', path: '/commit', form: {} }))
  figures['code exchange'] = await measure(port, { next: redeem, check: (answer) => void ok(answer) })
  figures.refresh = await measure(port, refresh)
  figures.userinfo = await measure(port, {
    next: () => ({ method: 'GET', path: '/api/oidc/userinfo', headers: { authorization: `Bearer ${aToken()}` } }),
    check: (answer) => void ok(answer),
  })
  const introspect = () => ({ method: 'POST', path: '/api/oidc/introspect', headers: ours, form: { token: aToken() } }) as const
  figures.introspection = await measure(port, { next: introspect, check: (answer) => void ok(answer) })
  const path = `/authorize?${new URLSearchParams({ client_id: clientIds.ES256, redirect_uri: callback, response_type: 'code', scope: 'openid' })}`
  const authorize: Asked = { method: 'GET', path, headers: { cookie: user.cookie } }
  figures['authorize, signed in'] = await measure(port, { next: () => authorize, check: (answer) => void ok(answer, 302) })
  figures['refresh, 64 connections'] = await measure(port, refresh, many)
  figures['client_credentials, 64 connections'] = await measure(port, same(machine(clientIds.ES256)), many)
  print(figures)
} finally {
  await bare.stop()
  await server.stop()
  build.remove()
}

/** @throws Error with the answer when it is not what a measurement is about */
function ok(answer: Answered, status = 200): Answered {
  if (answer.status !== status) throw new Error(`A request was answered ${answer.status}: ${answer.body.slice(0, 200)}`)
  return answer
}

async function answering(url: string): Promise<void> {
  while (
    !(await fetch(`${url}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    ))
  )
    await new Promise((resolve) => setTimeout(resolve, 20))
}

async function startBare(): Promise<Pick<PocketId, 'child' | 'stop'> & { readonly port: number }> {
  const port = await freePort()
  const DOCUMENT = JSON.stringify(
    Object.fromEntries(Array.from({ length: 44 }, (_, index) => [`some_endpoint_${index}`, server.url])),
  )
  const program = [process.execPath, '--import', 'tsx', join(import.meta.dirname, 'bare-hono.ts')] as const
  const started: PocketId = await startPocketId(program, { PORT: String(port), DOCUMENT })
  await started.line(/Listening/)
  return { port, child: started.child, stop: started.stop }
}

/** What jose makes of a whole process, without any HTTP. */
async function signaturesAlone(alg: 'ES256' | 'RS256', width: number): Promise<Figures> {
  const alone = async (during: number) => {
    const answer = await fetch(`http://127.0.0.1:${bare.port}/alone/${alg}/${width}/${during}`)
    return (await answer.json()) as { readonly times: readonly number[]; readonly milliseconds: number }
  }
  await alone(warmMilliseconds)
  const before = processorMicroseconds(bare.child)
  const { times, milliseconds: took } = await alone(milliseconds)
  return { ...throughput(times, took), processor: (processorMicroseconds(bare.child) - before) / times.length }
}

async function register(db: Database, alg: string): Promise<string> {
  const id = `bench-${alg.toLowerCase()}`
  const now = new Date()
  const row = {
    id,
    name: id,
    callbackUrls: [callback],
    skipConsent: true,
    idTokenSigningAlg: alg,
    createdAt: now,
    updatedAt: now,
  }
  await db.write(async (tx) => {
    await tx.insert(clients).values(row)
    await tx.insert(clientSecrets).values({ id, clientId: id, hash: sha256(secret), createdAt: now })
  })
  return id
}

/** Somebody with a session. */
async function person(): Promise<{ readonly id: string; readonly cookie: string }> {
  const headers = { 'x-api-key': adminKey, 'content-type': 'application/json' }
  const body = {
    username: 'ada',
    email: 'ada@example.org',
    firstName: 'Ada',
    lastName: 'Lovelace',
    displayName: 'Ada',
    isAdmin: false,
    disabled: false,
  }
  const made = await fetch(`${server.url}/api/users`, { method: 'POST', headers, body: JSON.stringify(body) })
  const { id } = (await made.json()) as { id: string }
  const link = await fetch(`${server.url}/api/users/${id}/one-time-access-token`, { method: 'POST', headers, body: '{}' })
  const { token } = (await link.json()) as { token: string }
  const signedIn = await fetch(`${server.url}/api/one-time-access-token/${token}`, { method: 'POST' })
  return { id, cookie: signedIn.headers.get('set-cookie')?.split(';')[0] ?? '' }
}

/** Grants with a code or a refresh token each, as if as many people were about to come back. */
async function grantsWith(db: Database, userId: string, clientId: string, kind: 'codes' | 'refresh'): Promise<string[]> {
  const secrets = Array.from({ length: kind === 'codes' ? prepared : many }, () => randomToken())
  const now = Date.now()
  const rows = JSON.stringify(secrets.map((one, index) => ({ id: `${kind}-${index}`, hash: sha256(one) })))
  await db.write(async (tx) => {
    await tx.run(sql`insert into oidc_grants (id, client_id, user_id, scope, auth_time, amr, created_at, expires_at)
      select value ->> 'id', ${clientId}, ${userId}, 'openid profile email', ${now}, '["hwk"]', ${now}, ${now + 86_400_000} from json_each(${rows})`)
    if (kind === 'codes')
      await tx.run(sql`insert into oidc_codes (code_hash, grant_id, redirect_uri, expires_at)
        select value ->> 'hash', value ->> 'id', ${callback}, ${now + 3_600_000} from json_each(${rows})`)
    else
      await tx.run(sql`insert into oidc_refresh_tokens (token_hash, grant_id, scope, created_at, expires_at)
        select value ->> 'hash', value ->> 'id', 'openid profile email', ${now}, ${now + 3_600_000} from json_each(${rows})`)
  })
  return secrets
}

async function tokensFor(port: number, redeem: () => Asked | undefined, count: number): Promise<string[]> {
  const all: string[] = []
  await run(port, {
    connections: 8,
    milliseconds: 60_000,
    next: () => (all.length < count ? redeem() : undefined),
    check: (answer) => all.push((JSON.parse(ok(answer).body) as { access_token: string }).access_token),
  })
  return all
}

function print(figures: Readonly<Record<string, Figures>>): void {
  if (options.json) {
    console.log(JSON.stringify(figures, null, 2))
    return
  }
  const signatures = (alg: string) =>
    ['one by one', `${connections} at a time`, 'behind a route'].map((how) => `signature ${alg}, ${how}`)
  const against: Readonly<Record<string, readonly string[]>> = {
    metadata: ['bare Hono route'],
    'client_credentials ES256': signatures('ES256'),
    'client_credentials RS256': signatures('RS256'),
    'code exchange': ['bare row, committed'],
    refresh: ['bare row, committed'],
    userinfo: ['bare row, read'],
    introspection: ['bare row, read'],
  }
  for (const [name, { perSecond, p50, p99, processor }] of Object.entries(figures)) {
    const shares = (against[name] ?? []).map((other) => {
      const share = perSecond / (figures[other]?.perSecond ?? Number.NaN)
      return `  ${share.toFixed(2)} of ${other}`
    })
    console.log(
      `${name.padEnd(36)} ${String(Math.round(perSecond)).padStart(7)}/s  p50 ${p50.toFixed(1)} ms  p99 ${p99.toFixed(1)} ms  ${String(Math.round(processor)).padStart(5)} µs of processor${shares.join(',')}`,
    )
  }
}
