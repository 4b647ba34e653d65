// A whole instance in this process, without a socket: a database file in a folder of its own, and requests straight into the kernel.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, silentClock } from '#core/clock.ts'
import { type Ground, layGround } from '#core/kernel/ground.ts'
import { type Kernel, startKernel } from '#core/kernel/kernel.ts'
import type { Plugin } from '#core/kernel/plugin.ts'
import { knownPlugins } from '../../src/boot.ts'

/** The built-in administrator's key in every test. */
export const adminKey = 'a static key for tests'
export const appUrl = 'http://localhost:1411'

/** A request's method, headers and body; an object as body goes as JSON. */
export interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | FormData | object
}

export interface Instance {
  readonly kernel: Kernel
  readonly ground: Ground
  /** The lines it logged so far. */
  readonly lines: readonly string[]
  /** The folder with its database. */
  readonly folder: string
  /** Asks as nobody in particular. */
  fetch(path: string, ask?: Ask): Promise<Response>
  /** Asks as the administrator that STATIC_API_KEY stands for. */
  asAdmin(path: string, ask?: Ask): Promise<Response>
  /** Stops it and removes its folder. */
  stop(): Promise<void>
}

/**
 * Starts an instance with nothing but a database file and the key.
 *
 * @param environment adds to that or replaces it
 * @param more plugins beside the built-in ones
 * @param clock silent unless a test waits for what comes round by itself: else the full hour, or a slow machine's minute, would add a run
 */
export async function startInstance(
  environment: Readonly<Record<string, string>> = {},
  more: readonly Plugin[] = [],
  clock = silentClock,
): Promise<Instance> {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-'))
  const lines: string[] = []
  const base = {
    DB_CONNECTION_STRING: join(folder, 'test.db'),
    UPLOAD_PATH: join(folder, 'uploads'),
    STATIC_API_KEY: adminKey,
    APP_URL: appUrl,
  }
  const all = { ...base, ...environment }
  const { ground, kernel } = await launch(all, more, lines, clock).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true })
    throw error
  })
  const fetch = async (path: string, ask: Ask = {}) => kernel.fetch(request(path, ask))
  return {
    kernel,
    ground,
    lines,
    folder,
    fetch,
    asAdmin: (path, ask = {}) => fetch(path, { ...ask, headers: { 'x-api-key': adminKey, ...ask.headers } }),
    async stop() {
      await kernel.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function launch(environment: Readonly<Record<string, string>>, more: readonly Plugin[], lines: string[], clock: Clock) {
  const plugins = [...(await knownPlugins(environment)), ...more]
  const ground = await layGround({ environment, plugins, clock, write: (line) => lines.push(line) })
  try {
    return { ground, kernel: await startKernel(ground) }
  } catch (error) {
    await ground.db.close()
    throw error
  }
}

function request(path: string, { method = 'GET', headers = {}, body }: Ask): Request {
  const json = typeof body === 'object' && !(body instanceof FormData)
  return new Request(new URL(path, appUrl), {
    method,
    headers: json ? { 'content-type': 'application/json', ...headers } : headers,
    ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : body }),
  })
}
