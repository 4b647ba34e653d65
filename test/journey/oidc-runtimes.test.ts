// The provider is one web-standard handler: the same files sign somebody in under Node, Deno and Bun.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { sourcesBelow } from '../support/sources.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const script = 'test/support/handler-anywhere.ts'

test.each<[string, string, readonly string[]]>([
  ['Node', process.execPath, ['--import', 'tsx', script]],
  ['Deno', 'node_modules/.bin/deno', ['run', '--allow-all', '--no-lock', '--node-modules-dir=manual', script]],
  ['Bun', 'node_modules/.bin/bun', ['run', script]],
])('%s', async (_name, program, words) => {
  const { stdout } = await promisify(execFile)(program, [...words], {
    cwd: repository,
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent' },
  })
  expect(JSON.parse(stdout)).toEqual({ token: 'Bearer', signedIn: true, again: 400 })
})

test('no file of it imports anything of Node', () => {
  const ours = sourcesBelow('src').filter(({ path }) => path.startsWith('src/plugins/oidc/'))
  expect(ours.length).toBeGreaterThan(40)
  const ofNode = ours.flatMap(({ path, imports }) => imports.filter(({ target }) => target.startsWith('node:')).map(() => path))
  expect(ofNode).toEqual([])
})
