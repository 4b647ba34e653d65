// Load over plain sockets: every connection asks, waits for its answer and asks again. What a client library would cost is not measured.
import { connect, type Socket } from 'node:net'

export interface Asked {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
}

export interface Answered {
  readonly status: number
  readonly body: string
}

export interface Load {
  readonly connections: number
  /** How long it takes at least; what has begun is waited for. */
  readonly milliseconds: number
  /** The next request of a connection; undefined when there is none left. */
  next(connection: number): Asked | undefined
  /** Looks at an answer. @throws to end the measurement */
  check(answer: Answered, connection: number): void
}

export interface Throughput {
  readonly count: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

/** Runs the load against a server on loopback. */
export async function run(port: number, load: Load): Promise<Throughput> {
  const times: number[] = []
  const begun = performance.now()
  const until = begun + load.milliseconds
  await Promise.all(Array.from({ length: load.connections }, (_, index) => converse(port, load, index, until, times)))
  return throughput(times, performance.now() - begun)
}

/** What the times of each, in milliseconds, come to. */
export function throughput(each: readonly number[], milliseconds: number): Throughput {
  const times = [...each].sort((left, right) => left - right)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { count: times.length, perSecond: (times.length * 1000) / milliseconds, p50: at(0.5), p99: at(0.99) }
}

async function converse(port: number, load: Load, index: number, until: number, times: number[]): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  try {
    while (performance.now() < until) {
      const asked = load.next(index)
      if (!asked) return
      const begun = performance.now()
      const answer = await exchange(socket, written(asked, port))
      times.push(performance.now() - begun)
      load.check(answer, index)
    }
  } finally {
    socket.destroy()
  }
}

function written({ method, path, headers = {}, form }: Asked, port: number): string {
  const body = form === undefined ? '' : new URLSearchParams(form).toString()
  const all: Record<string, string> = { host: `localhost:${port}`, ...headers }
  if (form !== undefined) {
    all['content-type'] = 'application/x-www-form-urlencoded'
    all['content-length'] = String(Buffer.byteLength(body))
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}

function exchange(socket: Socket, request: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    let text = ''
    const end = (act: () => void) => {
      socket.off('data', read).off('error', fail).off('close', closed)
      act()
    }
    const fail = (error: Error) => end(() => reject(error))
    const closed = () => fail(new Error('The server closed the connection.'))
    const read = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const answer = whole(text)
      if (answer) end(() => resolve(answer))
    }
    socket.on('data', read).on('error', fail).on('close', closed).write(request)
  })
}

/** The answer, as soon as all of it is there. */
function whole(text: string): Answered | undefined {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return undefined
  const headers = text.slice(0, head)
  const body = text.slice(head + 4)
  const status = Number(headers.slice(9, 12))
  const length = /\r\ncontent-length: (\d+)/i.exec(headers)?.[1]
  if (length !== undefined) return body.length >= Number(length) ? { status, body } : undefined
  return body.endsWith('0\r\n\r\n') ? { status, body } : undefined
}
