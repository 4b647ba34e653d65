// One server as a process of its own, from the sources or as built, with the command line beside it.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))

/** How to start it: a program and the words before the command. */
export type Program = readonly [string, ...string[]]

/** The sources, through tsx: what a developer runs. */
export const fromSource: Program = [process.execPath, '--import', 'tsx', join(repository, 'src/cli.ts')]
/** What a build made: what the image runs. */
export const asBuilt = (dist: string): Program => [join(dist, 'pocket-id')]

/** What a process writes, line by line. */
export interface ProcessLines {
  /** Those so far. */
  readonly lines: readonly string[]
  /** The first line that matches, as soon as it is written. @throws Error with all lines when the process ends without one */
  line(pattern: RegExp): Promise<string>
}

export interface PocketId extends ProcessLines {
  readonly url: string
  readonly child: ChildProcess
  /** The folder with its database. */
  readonly folder: string
  /** What the process was given. */
  readonly environment: Readonly<Record<string, string>>
  /** Runs a command beside the server, with the same environment. */
  pocketId(...args: string[]): Promise<{ readonly stdout: string; readonly stderr: string }>
  /** Ends the process as an operator would (SIGTERM) and removes its folder. Returns the exit code. */
  stop(): Promise<number | null>
}

/** Starts a server on a free port of loopback, in a folder of its own; the environment is what the caller says and nothing else. */
export async function startPocketId(program: Program, environment: Readonly<Record<string, string>> = {}): Promise<PocketId> {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-'))
  const port = environment.PORT ?? String(await freePort())
  const url = `http://localhost:${port}`
  const env = {
    // A build outside of the checkout finds its Node there.
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    DB_CONNECTION_STRING: join(folder, 'pocket-id.db'),
    APP_URL: url,
    HOST: '127.0.0.1',
    PORT: port,
    ...environment,
  }
  const [file, ...words] = program
  const child = spawn(file, words, { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  return {
    url,
    child,
    folder,
    environment: env,
    ...readLines(child),
    pocketId: (...args) => promisify(execFile)(file, [...words, ...args], { cwd: repository, env, maxBuffer: 2 ** 26 }),
    async stop() {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      rmSync(folder, { recursive: true, force: true })
      return child.exitCode
    },
  }
}

/** Reads standard output and error of a process that was just started. */
export function readLines(child: ChildProcess): ProcessLines {
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
  const finish = () => {
    over = true
    wake()
  }
  child.once('close', finish)
  child.once('error', (error) => {
    lines.push(error.message)
    finish()
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
