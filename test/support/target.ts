// A server of its own as something to ask: answers are looked at, not followed.
import type { Target } from './apps.ts'
import { type Ask, adminKey } from './instance.ts'
import type { TestServer } from './server.ts'

export function targetOf({ url }: Pick<TestServer, 'url'>): Target {
  const ask = (path: string, { method = 'GET', headers = {}, body }: Ask = {}) => {
    const json = typeof body === 'object' && !(body instanceof FormData)
    return fetch(new URL(path, url), {
      method,
      redirect: 'manual',
      headers: json ? { 'content-type': 'application/json', ...headers } : headers,
      ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : body }),
    })
  }
  return { fetch: ask, asAdmin: (path, more = {}) => ask(path, { ...more, headers: { 'x-api-key': adminKey, ...more.headers } }) }
}
