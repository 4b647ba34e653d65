// Buildah, which needs no daemon and no namespaces of its own: what a plain machine has. Its root file system belongs to root and
// stays writable for root alone, so the places that everybody may write to are covered by an empty folder that nobody may.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, factsOf } from './docker.ts'
import { buildFlags, type Engine, must, run } from './engine.ts'

const isolation = ['--isolation', 'chroot']

export function buildahEngine(): Engine {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-buildah-'))
  const nothing = join(folder, 'nothing')
  mkdirSync(nothing)
  const store = ['--storage-driver', 'vfs', '--root', join(folder, 'root'), '--runroot', join(folder, 'run')]
  const buildah = (...args: string[]) => must('buildah', [...store, ...args])
  return {
    name: 'buildah',
    pull: async (image) => (await run('buildah', [...store, 'pull', image])).code === 0,
    async build(image) {
      await buildah('bud', ...isolation, '--format', 'docker', ...buildFlags(image), image.context)
    },
    async facts(tag) {
      const { Docker } = JSON.parse(await buildah('inspect', '--type', 'image', tag)) as { Docker: { config: Config } }
      return factsOf(Docker.config)
    },
    async start(tag, environment) {
      const container = (await buildah('from', tag)).trim()
      const { command } = factsOf(
        (JSON.parse(await buildah('inspect', container)) as { Docker: { config: Config } }).Docker.config,
      )
      const variables = Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`])
      const covered = ['/tmp', '/var/tmp'].flatMap((place) => ['--volume', `${nothing}:${place}:ro`])
      const inside = (words: readonly string[]) => [
        ...store,
        'run',
        ...isolation,
        ...variables,
        ...covered,
        container,
        '--',
        ...words,
      ]
      const output = spawn('buildah', inside(command), { stdio: ['ignore', 'pipe', 'pipe'] })
      const ended = once(output, 'exit') as Promise<[number | null]>
      return {
        output,
        exec: (...words) => run('buildah', inside(words)),
        async terminate() {
          if (output.exitCode === null) process.kill(innermost(output), 'SIGTERM')
          const [code] = await ended
          return code ?? -1
        },
      }
    },
    async remove() {
      await run('buildah', [...store, 'rm', '--all'])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The process that buildah started at last: signals to buildah itself do not get there. */
function innermost({ pid }: ChildProcess): number {
  const parents = new Map(
    readdirSync('/proc').flatMap((entry) => {
      const parent = /^\d+$/.test(entry) ? parentOf(entry) : undefined
      return parent === undefined ? [] : [[parent, Number(entry)]]
    }),
  )
  let last = pid ?? 0
  for (let child = parents.get(last); child !== undefined; child = parents.get(last)) last = child
  return last
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    // It ended meanwhile.
    return undefined
  }
}
