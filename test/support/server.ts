// A whole server in a process of its own, on a free port: what an operator runs, with the command line beside it.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { adminKey } from './instance.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const command = ['--import', 'tsx', 'src/cli.ts']

export interface TestServer {
  readonly url: string
  /** The lines it logged so far. */
  readonly lines: readonly string[]
  /** The first line that matches, as soon as it is written. */
  line(pattern: RegExp): Promise<string>
  /** Runs a command beside the server, with the same environment. */
  pocketId(...args: string[]): Promise<{ readonly stdout: string; readonly stderr: string }>
  /** Asks as the administrator that STATIC_API_KEY stands for. */
  asAdmin(path: string, init?: RequestInit): Promise<Response>
  /** Ends the process as an operator would (SIGTERM) and removes its folder. Returns the exit code. */
  stop(): Promise<number | null>
}

/** Starts a server and waits until it listens. @throws Error with its output when it does not */
export async function startServer(environment: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-'))
  const port = await freePort()
  const url = `http://localhost:${port}`
  const env = {
    PATH: process.env.PATH ?? '',
    DB_CONNECTION_STRING: join(folder, 'test.db'),
    STATIC_API_KEY: adminKey,
    APP_URL: url,
    HOST: '127.0.0.1',
    PORT: String(port),
    DISABLE_RATE_LIMITING: 'true',
    ...environment,
  }
  const child = spawn(process.execPath, command, { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const { lines, line } = readLines(child)
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
    return child.exitCode
  }
  try {
    await line(/Listening/)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    lines,
    line,
    pocketId: (...args) => promisify(execFile)(process.execPath, [...command, ...args], { cwd: repository, env }),
    asAdmin: (path, init = {}) =>
      fetch(new URL(path, url), {
        ...init,
        headers: { 'x-api-key': adminKey, 'content-type': 'application/json', ...init.headers },
      }),
    stop,
  }
}

function readLines(child: ChildProcess): Pick<TestServer, 'lines' | 'line'> {
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const look of waiting) look()
  }
  let over = false
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue
    createInterface({ input: stream }).on('line', (text) => {
      lines.push(text)
      wake()
    })
  }
  child.once('exit', () => {
    over = true
    wake()
  })
  return {
    lines,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find((text) => pattern.test(text))
          if (found === undefined && !over) return
          waiting.delete(look)
          if (found === undefined) reject(new Error(`The server ended without a line like ${pattern}:\n${lines.join('\n')}`))
          else resolve(found)
        }
        waiting.add(look)
        look()
      }),
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const at = server.address()
  server.close()
  await once(server, 'close')
  if (at === null || typeof at === 'string') throw new Error('There is no free port.')
  return at.port
}
