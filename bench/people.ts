// A person with a passkey in software, who signs in over HTTP as a browser does.

import type { PocketId } from '../sample/pocket-id.ts'
import { createAuthenticator } from '../test/support/authenticator.ts'

/** The key of the built-in administrator in every benchmark. */
export const key = 'a static key for the benchmark'

type Options = Parameters<ReturnType<typeof createAuthenticator>['get']>[0] &
  Parameters<ReturnType<typeof createAuthenticator>['create']>[0]

/** Cookies of one browser. */
async function ask(url: string, jar: Map<string, string>, method: string, path: string, body?: object): Promise<Response> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = { cookie, 'content-type': 'application/json' }
  const answer = await fetch(`${url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  for (const line of answer.headers.getSetCookie()) {
    const pair = line.split(';')[0] ?? ''
    jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
  }
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
  return answer
}

/** Makes an account with a passkey. @returns what signs it in, in a browser without cookies */
export async function somebodyWithPasskey({ url }: PocketId): Promise<(server: PocketId) => Promise<void>> {
  const admin = { 'x-api-key': key, 'content-type': 'application/json' }
  const person = {
    username: 'passkey-person',
    email: 'p@example.net',
    firstName: 'Pass',
    lastName: 'Key',
    displayName: 'Pass Key',
  }
  const post = (path: string, body: object) =>
    fetch(`${url}${path}`, { method: 'POST', headers: admin, body: JSON.stringify(body) }).then((answer) => answer.json())
  const { id } = (await post('/api/users', person)) as { id: string }
  const { token } = (await post(`/api/users/${id}/one-time-access-token`, {})) as { token: string }
  const authenticator = createAuthenticator({ origin: url })
  const jar = new Map<string, string>()
  await ask(url, jar, 'POST', `/api/one-time-access-token/${token}`)
  const options = (await (await ask(url, jar, 'GET', '/api/webauthn/register/start')).json()) as Options
  await ask(url, jar, 'POST', '/api/webauthn/register/finish', authenticator.create(options))
  return async (server) => {
    const fresh = new Map<string, string>()
    const challenge = (await (await ask(server.url, fresh, 'GET', '/api/webauthn/login/start')).json()) as Options
    await ask(server.url, fresh, 'POST', '/api/webauthn/login/finish', authenticator.get(challenge))
  }
}
