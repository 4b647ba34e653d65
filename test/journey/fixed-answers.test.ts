// Documents that the listener itself sends, before the app: over a real socket they are what the app would have answered.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'

const path = '/.well-known/openid-configuration'
/** What differs from one answer to the next, and what belongs to the body or the connection. */
const varying = ['x-request-id', 'date', 'content-length', 'connection', 'keep-alive']

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

const ask = (target: string, init: RequestInit = {}) => fetch(new URL(target, server.url), init)
const standing = ({ headers }: Response) => Object.fromEntries([...headers].filter(([name]) => !varying.includes(name)))

test('a GET has the headers and the body that the app answers with a query, and the headers of a HEAD', async () => {
  const [plain, asked, head] = [await ask(path), await ask(`${path}?x=1`), await ask(path, { method: 'HEAD' })]
  expect([plain.status, asked.status, head.status]).toEqual([200, 200, 200])
  expect(standing(plain)).toEqual(standing(asked))
  expect(standing(plain)).toEqual(standing(head))
  expect(plain.headers.get('content-security-policy')).toContain("default-src 'none'")
  const body = await plain.text()
  expect(body).toBe(await asked.text())
  expect(plain.headers.get('content-length')).toBe(String(Buffer.byteLength(body)))
  expect(await head.text()).toBe('')
})

test('each answer has an id of its own, and a connection goes on after one', async () => {
  const ids = []
  for (let at = 0; at < 3; at++) {
    const answer = await ask(path)
    ids.push(answer.headers.get('x-request-id'))
    await answer.text()
  }
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(new Set(ids).size).toBe(3)
  expect((await ask('/healthz')).status).toBe(204)
})

test('another method, and a path that only begins alike, are the app’s to refuse', async () => {
  expect((await ask(path, { method: 'POST' })).status).toBe(404)
  expect((await ask(`${path}/more`)).status).toBe(404)
  expect((await ask(path.toUpperCase())).status).toBe(404)
})
