// Process 1: listen, hand each request to the kernel's app of the moment, drain on SIGTERM.
import { chmodSync, lstatSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { noteClientAddress, platformAddress, resolveClientAddress } from '#core/http/client-address.ts'
import { networks } from '#core/http/networks.ts'
import { pick } from '#core/kernel/host.ts'
import type { Kernel } from '#core/kernel/kernel.ts'
import { checkEncryptionKey } from '#core/kernel/key-check.ts'
import { announce } from '#core/kernel/presence.ts'
import { errorText, type Log } from '#core/log.ts'
import { type CoreSettings, coreSettings } from '#core/settings/core-settings.ts'
import type { Values } from '#core/settings/define.ts'
import { StartError } from '#core/settings/errors.ts'
import { version } from '#core/version.ts'
import { type BootOptions, boot } from './boot.ts'

/** An ID token with hundreds of groups fits into an address, as apps put it there to sign people out. */
const maxHeaderSize = 64 * 1024

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
  const answerByApp = getRequestListener((request, env) => {
    const { socket } = (env as HttpBindings).incoming
    const said = (header: string) => (header === '' ? null : request.headers.get(header))
    noteClientAddress(
      request,
      () =>
        platformAddress(said(core.trustedPlatform)) ??
        resolveClientAddress(socket.remoteAddress, said('x-forwarded-for'), trusted),
    )
    return kernel.fetch(request)
  })
  const listener: RequestListener = (incoming, outgoing) => {
    const fixed = incoming.method === 'GET' ? kernel.fixed(incoming.url ?? '') : undefined
    if (fixed) outgoing.writeHead(200, fixed.headers).end(fixed.body)
    else answerByApp(incoming, outgoing)
  }
  try {
    const server = await createServerFor(core, listener)
    const address = await listen(server, core)
    ground.log.info('Listening', { address, appUrl: core.appUrl, version })
    const leave = await announce(ground, () => checkEncryptionKey(ground.db, ground.vault))
    return { address, log: ground.log, stop: () => drain(server, kernel, leave) }
  } catch (error) {
    await kernel.stop()
    throw error
  }
}

async function createServerFor({ tlsCert, tlsKey }: Values<CoreSettings>, listener: RequestListener): Promise<Server> {
  if (tlsCert === '') return createServer({ maxHeaderSize }, listener)
  // Loaded for those who want it: Node's TLS costs every start some milliseconds and megabytes.
  const { createServer: createTlsServer } = await import('node:https')
  try {
    return createTlsServer({ cert: pemIn(tlsCert), key: pemIn(tlsKey), maxHeaderSize }, listener)
  } catch (error) {
    throw new StartError([`TLS_CERT, TLS_KEY: They must be a certificate and its private key as PEM (${errorText(error)}).`])
  }
}

/** The text itself, or that of the file it names: some of Pocket ID's users have a path in TLS_CERT. */
const pemIn = (text: string): string => (/^\/[^\n]+$/.test(text) ? readFileSync(text, 'utf8') : text)

async function listen(server: Server, core: Values<CoreSettings>): Promise<string> {
  const { host, port, unixSocket, unixSocketMode } = core
  if (unixSocket) await clearAway(unixSocket)
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      const sentence = unixSocket
        ? `Cannot listen on ${unixSocket} (${code}). Set UNIX_SOCKET to a path in a folder that is there and writable.`
        : `Cannot listen on ${host}:${port} (${code}). Set PORT or HOST to a free one.`
      reject(new Error(sentence))
    })
    server.listen(unixSocket ? { path: unixSocket } : { port, host }, resolve)
  })
  if (unixSocket && unixSocketMode) chmodSync(unixSocket, Number.parseInt(unixSocketMode, 8))
  const at = server.address()
  return typeof at === 'object' && at ? `${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}` : String(at)
}

/** Removes the socket that a killed server left behind. @throws Error where something else is, or somebody answers there */
async function clearAway(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return
  if (!found.isSocket())
    throw new Error(`Cannot listen on ${path}: there is a file of another kind. Set UNIX_SOCKET to a free path.`)
  const answered = await new Promise<boolean>((resolve) => {
    const caller = connect(path, () => {
      caller.destroy()
      resolve(true)
    }).on('error', () => resolve(false))
  })
  if (answered) throw new Error(`Cannot listen on ${path}: another process answers there. Set UNIX_SOCKET to a free path.`)
  rmSync(path)
}

async function drain(server: Server, kernel: Pick<Kernel, 'drain' | 'stop'>, leave: () => Promise<void>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  kernel.drain()
  server.closeIdleConnections()
  const patience = setTimeout(() => server.closeAllConnections(), drainMilliseconds)
  await closed
  clearTimeout(patience)
  await leave()
  await kernel.stop()
}

/** TRUST_PROXY as a question. */
const trustedProxies = (entries: readonly string[]): ((address: string) => boolean) =>
  entries.includes('true') ? () => true : networks(entries.filter((entry) => entry !== 'false'))
