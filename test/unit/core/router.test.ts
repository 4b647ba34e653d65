// Which handlers a request gets: those that Hono's own router finds, the first time and every other.
import type { Router } from 'hono/router'
import { TrieRouter } from 'hono/router/trie-router'
import { expect, test } from 'vitest'
import { RememberingRouter } from '#core/http/router.ts'

const routes = [
  ['ALL', '/*', 'fence'],
  ['ALL', '/api/*', 'limit'],
  ['GET', '/api/users', 'list'],
  ['GET', '/api/users/:id', 'one'],
  ['GET', '/api/users/me', 'me'],
  ['POST', '/api/users/me', 'change me'],
  ['GET', '/files/*', 'file'],
] as const
const filled = (router: Router<string>): Router<string> => {
  for (const [method, path, handler] of routes) router.add(method, path, handler)
  return router
}

test.each([
  ['GET', '/api/users'],
  ['GET', '/api/users/me'],
  ['POST', '/api/users/me'],
  ['PUT', '/api/users/me'],
  ['GET', '/api/users/ada'],
  ['GET', '/api/users/grace'],
  ['GET', '/files/a/b'],
  ['GET', '/nothing'],
])('%s %s', (method, path) => {
  const [plain, remembering] = [filled(new TrieRouter<string>()), filled(new RememberingRouter<string>())]
  for (let time = 0; time < 3; time++) expect(remembering.match(method, path)).toEqual(plain.match(method, path))
})

test('a route that is added later is found', () => {
  const router = filled(new RememberingRouter<string>())
  const before = router.match('GET', '/api/users/me')[0].length
  router.add('GET', '/api/users/*', 'late')
  expect(router.match('GET', '/api/users/me')[0]).toHaveLength(before + 1)
})
