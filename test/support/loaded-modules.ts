// A program for a process of its own: boots with the environment it was given, and prints every module of ours that was loaded.
import { registerHooks } from 'node:module'
import { mock } from 'node:test'

// What follows the start a moment later is not part of it, however slow the start is.
mock.timers.enable({ apis: ['setTimeout'] })

const loaded = new Set<string>()
registerHooks({
  load(url, context, nextLoad) {
    loaded.add(url)
    return nextLoad(url, context)
  },
})

const { boot } = await import('../../src/boot.ts')
const { kernel } = await boot({ environment: process.env, write: () => {} })
const health = await kernel.fetch(new Request('http://localhost:1411/healthz'))
const off = kernel.configuration.plugins().filter(({ on }) => !on)
process.stdout.write(JSON.stringify({ health: health.status, off: off.map(({ name }) => name), loaded: [...loaded] }))
await kernel.stop()
