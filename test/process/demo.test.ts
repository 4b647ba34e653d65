// `npm run demo`, as typed after a clone: ends with a link, the link signs in, and Ctrl-C leaves nothing behind.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { freePort } from '../../sample/free-port.ts'
import { openPage, startBrowser } from '../support/browser.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const [program = '', ...words] = (
  JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { scripts: { demo: string } }
).scripts.demo.split(' ')
const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-demo-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the demo ends with a link that signs the administrator in, and an interrupt puts everything away', async () => {
  const port = String(await freePort())
  const env = { ...process.env, PORT: port, TMPDIR: folder }
  const demo = spawn(program, words, { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(demo, 'exit')
  let said = ''
  const linkSaid = new Promise<string>((resolve, reject) => {
    for (const stream of [demo.stdout, demo.stderr]) {
      stream.on('data', (chunk) => {
        said += chunk
        const link = /^(http:\S+\/lc\/\w{12})\n$/m.exec(said)?.[1]
        if (link) resolve(link)
      })
    }
    demo.once('exit', () => reject(new Error(`The demo ended without a link:\n${said}`)))
  })
  const browser = await startBrowser()
  try {
    const link = await linkSaid
    expect(link).toContain(`http://localhost:${port}/lc/`)
    expect(said.trimEnd().endsWith(link)).toBe(true)
    const { page } = await openPage(browser, `http://localhost:${port}`)
    await page.goto(link)
    await page.waitForURL(/add-passkey/)
    const me = await page.request.get('/api/users/me')
    expect(await me.json()).toMatchObject({ username: 'ada', isAdmin: true, ldapId: expect.any(String) })
  } finally {
    demo.kill('SIGINT')
    await ended
    await browser.close()
  }
  expect(demo.exitCode).toBe(0)
  expect(readdirSync(folder)).toEqual([])
})
