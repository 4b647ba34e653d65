// Process 1: listen, hand each request to the kernel's app of the moment, drain on SIGTERM.
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { noteClientAddress, resolveClientAddress } from '#core/http/client-address.ts'
import { networks } from '#core/http/networks.ts'
import { pick } from '#core/kernel/host.ts'
import type { Log } from '#core/log.ts'
import { coreSettings } from '#core/settings/core-settings.ts'
import { version } from '#core/version.ts'
import { type BootOptions, boot } from './boot.ts'

/** How long requests may take to finish after SIGTERM. */
const drainMilliseconds = 10_000

export interface RunningServer {
  /** Where it listens: a port, or a socket's path. */
  readonly address: string
  readonly log: Log
  stop(): Promise<void>
}

/** Boots and listens. @throws StartError, or an error naming the port or socket that is taken */
export async function serve(options: BootOptions): Promise<RunningServer> {
  const { kernel, ground } = await boot(options)
  const core = pick(coreSettings, ground.resolution.settings)
  const trusted = trustedProxies(core.trustProxy)
  const listener = getRequestListener((request, env) => {
    const peer = (env as HttpBindings).incoming.socket.remoteAddress
    noteClientAddress(request, resolveClientAddress(peer, request.headers.get('x-forwarded-for'), trusted))
    return kernel.fetch(request)
  })
  const server =
    core.tlsCert && core.tlsKey ? createTlsServer({ cert: core.tlsCert, key: core.tlsKey }, listener) : createServer(listener)
  try {
    const address = await listen(server, core)
    ground.log.info('Listening', { address, appUrl: core.appUrl, version })
    return { address, log: ground.log, stop: () => drain(server, kernel.stop) }
  } catch (error) {
    await kernel.stop()
    throw error
  }
}

async function listen(
  server: Server,
  core: { host: string; port: number; unixSocket: string; unixSocketMode: string },
): Promise<string> {
  if (core.unixSocket) rmSync(core.unixSocket, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      const place = core.unixSocket || `${core.host}:${core.port}`
      reject(
        new Error(`Cannot listen on ${place} (${code}). Set ${core.unixSocket ? 'UNIX_SOCKET' : 'PORT or HOST'} to a free one.`),
      )
    })
    const at = core.unixSocket ? { path: core.unixSocket } : { port: core.port, host: core.host }
    server.listen(at, resolve)
  })
  if (core.unixSocket && core.unixSocketMode) chmodSync(core.unixSocket, Number.parseInt(core.unixSocketMode, 8))
  const at = server.address()
  return typeof at === 'object' && at ? `${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}` : String(at)
}

async function drain(server: Server, stopKernel: () => Promise<void>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const patience = setTimeout(() => server.closeAllConnections(), drainMilliseconds)
  await closed
  clearTimeout(patience)
  await stopKernel()
}

/** TRUST_PROXY as a question. */
const trustedProxies = (entries: readonly string[]): ((address: string) => boolean) =>
  entries.includes('true') ? () => true : networks(entries.filter((entry) => entry !== 'false'))
