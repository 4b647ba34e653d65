// A real mail server on a free port, which keeps what it is given for a test to read.
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { freePort } from '../../sample/free-port.ts'

export interface Received {
  readonly from: string
  readonly to: readonly string[]
  /** Whether the connection was encrypted when it came. */
  readonly secure: boolean
  readonly user: string | undefined
  readonly raw: string
  readonly mail: Email
}

export interface MailServer {
  readonly port: number
  readonly letters: readonly Received[]
  stop(): Promise<void>
}

interface Behaviour extends Pick<SMTPServerOptions, 'secure' | 'key' | 'cert' | 'onMailFrom' | 'onRcptTo'> {
  /** Who may come in; without it nobody is asked. */
  readonly login?: { readonly user: string; readonly password: string }
  /** The answer to a letter in place of taking it. */
  readonly refuseLetter?: { readonly responseCode: number; readonly message: string }
  readonly port?: number
}

/** Plain and open, unless told otherwise. */
export async function startMailServer({ login, refuseLetter, port, ...options }: Behaviour = {}): Promise<MailServer> {
  const letters: Received[] = []
  const server = new SMTPServer({
    disabledCommands: [...(login ? [] : ['AUTH']), ...(options.key ? [] : ['STARTTLS'])],
    authOptional: login === undefined,
    ...options,
    // Nothing waits for its end while the test stops it.
    closeTimeout: 100,
    onAuth({ username, password }, _session, done) {
      if (username === login?.user && password === login?.password) return done(null, { user: username })
      done(Object.assign(new Error('Authentication failed'), { responseCode: 535 }))
    },
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', async () => {
        if (refuseLetter) return done(Object.assign(new Error(refuseLetter.message), refuseLetter))
        const raw = Buffer.concat(parts).toString('utf8')
        const { mailFrom, rcptTo } = session.envelope
        letters.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: session.user as string | undefined,
          raw,
          mail: await PostalMime.parse(raw),
        })
        done()
      })
    },
  })
  // Clients that break off are part of the tests.
  server.on('error', () => undefined)
  // One that is free stays so while the server is down: tests start another one there.
  const listener = server.listen(port ?? (await freePort()), '127.0.0.1')
  if (!listener.listening) await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    letters,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** A server that takes connections and says nothing, ever. */
export async function startSilentServer(): Promise<{
  readonly port: number
  readonly connections: () => number
  stop(): Promise<void>
}> {
  const sockets = new Set<import('node:net').Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
