// Which plugins run: what stops a start, what a plugin is lent, and what happens when it is switched off or on.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterAll, describe, expect, test } from 'vitest'
import { definePlugin, type Host, type HostEnv, type Plugin, type Running, start } from '#core/kernel/plugin.ts'
import type { Port } from '#core/ports.ts'
import { defineSettings, flag, text } from '#core/settings/define.ts'
import { StartError } from '#core/settings/errors.ts'
import { type Instance, startInstance } from '../../support/instance.ts'

const none = defineSettings({})
const plugin = (name: string, begin: (host: Host<typeof none>) => Running): Plugin =>
  definePlugin({ name, api: 1, settings: none, load: async () => ({ default: start(none, begin) }) })
const answers = (path: string, text: string) => new Hono<HostEnv>().get(path, (c) => c.text(text))

async function withInstance(more: readonly Plugin[], use: (instance: Instance) => Promise<void>): Promise<void> {
  const instance = await startInstance({}, more)
  try {
    await use(instance)
  } finally {
    await instance.stop()
  }
}

describe('a start is refused', () => {
  test('when two plugins answer one path, naming both', async () => {
    const both = [
      plugin('left', () => ({ routes: answers('/same', 'l') })),
      plugin('right', () => ({ routes: answers('/same', 'r') })),
    ]
    await expect(startInstance({}, both)).rejects.toThrow(/left and right both answer GET \/same/)
  })

  test('when a plugin answers a path of the core', async () => {
    await expect(startInstance({}, [plugin('ill', () => ({ routes: answers('/healthz', 'ill') }))])).rejects.toThrow(
      /core and ill/,
    )
  })

  test('when two plugins declare one setting, or one is made for another contract', async () => {
    const settings = defineSettings({ appName: text({ label: 'Name', help: 'A name.' }) })
    const double = definePlugin({
      name: 'double',
      api: 1,
      settings,
      load: async () => ({ default: start(settings, () => ({})) }),
    })
    await expect(startInstance({}, [double])).rejects.toThrow(/double and core both declare the setting appName/)
    const old = { ...plugin('old', () => ({})), api: 0 } as unknown as Plugin
    await expect(startInstance({}, [old])).rejects.toThrow(/old is made for plugin contract 0/)
  })

  test('when variables are wrong, with every fault by its name', async () => {
    const wrong = { PORT: 'x', APP_URL: 'ftp://x/y', STATIC_API_KEY: 'short', TLS_CERT_FILE: '/nowhere/cert.pem' }
    const error: unknown = await startInstance(wrong).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StartError)
    const faults = (error as StartError).faults
    for (const name of Object.keys(wrong)) expect(faults.filter((fault) => fault.startsWith(`${name}:`))).toHaveLength(1)
    expect(faults.join()).not.toContain('short')
  })

  test.each([':memory:', 'file::memory:?cache=shared', 'file:x.db?mode=memory'])('when the database is %s', async (place) => {
    await expect(startInstance({ DB_CONNECTION_STRING: place })).rejects.toThrow(/DB_CONNECTION_STRING: Must be a file/)
  })

  test('when a plugin throws; what was started before it is stopped', async () => {
    let stopped = 0
    const first = plugin('first', () => ({ stop: async () => void stopped++ }))
    const second = plugin('second', () => {
      throw new Error('second has no paper.')
    })
    await expect(startInstance({}, [first, second])).rejects.toThrow('second has no paper.')
    expect(stopped).toBe(1)
  })
})

describe('plugins', () => {
  test('offer each other services by port, whatever their order, without knowing each other', async () => {
    const greetings: Port<(name: string) => string> = { name: 'greetings' }
    const seeker = plugin('seeker', (host) => ({
      routes: new Hono<HostEnv>().get('/seek', (c) => c.text(host.seek(greetings)?.('Ada') ?? 'nobody')),
    }))
    const polite = plugin('polite', (host) => {
      host.offer(greetings, (name) => `Hello ${name}`)
      return {}
    })
    const greeting = async ({ fetch }: Instance) => (await fetch('/seek')).text()
    await withInstance([seeker], async (instance) => expect(await greeting(instance)).toBe('nobody'))
    await withInstance([seeker, polite], async (instance) => expect(await greeting(instance)).toBe('Hello Ada'))
  })

  test('hear facts, and one that fails to listen disturbs nobody', async () => {
    const heard = Promise.withResolvers<string>()
    const deaf = plugin('deaf', () => ({ on: { 'user.created': () => Promise.reject(new Error('Deaf.')) } }))
    const ears = plugin('ears', () => ({ on: { 'user.created': ({ userId }) => heard.resolve(userId) } }))
    await withInstance([deaf, ears], async ({ kernel, lines }) => {
      const { id } = await kernel.identity.users.create({ username: 'ada' }, null)
      expect(await heard.promise).toBe(id)
      await expect.poll(() => lines.join('\n')).toContain('A listener failed')
    })
  })

  test('come and go with their switch, with their routes and their jobs', async () => {
    const settings = defineSettings({ lampOn: flag({ label: 'Lamp', help: 'Switches it on.' }) })
    const ran = Promise.withResolvers<void>()
    const aborted = Promise.withResolvers<void>()
    const run = (signal: AbortSignal) => {
      ran.resolve()
      return new Promise<undefined>((_, reject) =>
        signal.addEventListener('abort', () => {
          aborted.resolve()
          reject(signal.reason)
        }),
      )
    }
    const jobs = [{ name: 'Shine', schedule: '0 0 1 1 *', atStart: true, run }]
    const lamp = definePlugin({
      name: 'lamp',
      api: 1,
      settings,
      enabled: ({ lampOn }) => lampOn,
      nav: [{ title: 'Lamp', href: '/lamp', icon: 'lamp', for: 'user' }],
      load: async () => ({ default: start(settings, () => ({ routes: answers('/lamp', 'light'), jobs })) }),
    })
    await withInstance([lamp], async ({ kernel, fetch }) => {
      const isOn = () => kernel.configuration.plugins().find(({ name }) => name === 'lamp')?.on
      expect([(await fetch('/lamp')).status, isOn()]).toEqual([404, false])
      await kernel.configuration.change({ lampOn: 'true' }, null)
      expect([(await fetch('/lamp')).status, isOn()]).toEqual([200, true])
      await ran.promise
      await kernel.configuration.change({ lampOn: 'false' }, null)
      await aborted.promise
      expect([(await fetch('/lamp')).status, isOn()]).toEqual([404, false])
    })
  })
})

describe('PLUGINS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const manifest = (name: string, more = '') => `export const manifest = { name: '${name}', api: 1, settings: {}, ${more}
    load: async () => ({ default: () => ({}) }) }\n`

  test('brings plugins from a folder or a file', async () => {
    mkdirSync(join(folder, 'acme'))
    writeFileSync(join(folder, 'acme', 'manifest.js'), manifest('acme'))
    writeFileSync(join(folder, 'single.mjs'), manifest('single'))
    const instance = await startInstance({ PLUGINS: `${join(folder, 'acme')}, ${join(folder, 'single.mjs')}` })
    const on = instance.kernel.configuration.plugins().filter((one) => one.on)
    expect(on.map(({ name }) => name)).toEqual(expect.arrayContaining(['acme', 'single']))
    await instance.stop()
  })

  test('that cannot be loaded stop the start, each with its reason', async () => {
    writeFileSync(join(folder, 'empty.mjs'), 'export const nothing = 1\n')
    writeFileSync(join(folder, 'taken.mjs'), manifest('accounts'))
    writeFileSync(join(folder, 'shouting.mjs'), manifest('SHOUTING'))
    const names = ['nowhere', 'empty.mjs', 'taken.mjs', 'shouting.mjs'].map((name) => join(folder, name))
    const error: unknown = await startInstance({ PLUGINS: names.join(' ') }).catch((reason: unknown) => reason)
    const reasons = ['nothing at this path', 'must export a manifest', 'accounts is there already', 'name must be lower-case']
    expect((error as StartError).faults).toEqual(reasons.map((reason) => expect.stringContaining(reason)))
  })
})
