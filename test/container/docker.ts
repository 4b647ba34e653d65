// Docker and podman, which share their words: the container runs on a root file system that is really read-only.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { buildFlags, type Engine, type ImageFacts, must, run } from './engine.ts'

/** The closed house that compose.yaml describes too. */
const closed = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--network', 'host']

export function dockerEngine(program: 'docker' | 'podman'): Engine {
  const containers: string[] = []
  const images: string[] = []
  // Only the format of docker has a health check, layers that nobody uses again are copies, and podman gives a read-only
  // container a writable /tmp unless told not to.
  const own =
    program === 'podman'
      ? { build: ['--format', 'docker', '--layers=false'], run: ['--read-only-tmpfs=false'] }
      : { build: [], run: [] }
  return {
    name: program,
    pull: async (image) => (await run(program, ['pull', image])).code === 0,
    async build(image) {
      await must(program, ['build', ...own.build, ...buildFlags(image), image.context])
      images.push(image.tag)
    },
    async facts(tag) {
      const config = JSON.parse(await must(program, ['image', 'inspect', '--format', '{{json .Config}}', tag])) as Config
      const health = config.Healthcheck ?? (JSON.parse(await must(program, ['image', 'inspect', tag])) as [Config])[0].Healthcheck
      return factsOf({ ...config, ...(health ? { Healthcheck: health } : {}) })
    },
    async start(tag, environment) {
      const name = `pocket-id-edge-${randomUUID()}`
      const variables = Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`])
      await must(program, ['run', '--detach', '--name', name, ...closed, ...own.run, ...variables, tag])
      containers.push(name)
      return {
        output: spawn(program, ['logs', '--follow', name], { stdio: ['ignore', 'pipe', 'pipe'] }),
        exec: (...command) => run(program, ['exec', name, ...command]),
        async terminate() {
          await must(program, ['stop', '--time', '30', name])
          return Number(await must(program, ['inspect', '--format', '{{.State.ExitCode}}', name]))
        },
      }
    },
    async remove() {
      for (const name of containers) await run(program, ['rm', '--force', '--volumes', name])
      for (const tag of images.reverse()) await run(program, ['rmi', '--force', tag])
    },
  }
}

/** The configuration of an image as docker writes it. */
export interface Config {
  readonly User?: string
  readonly Volumes?: Readonly<Record<string, unknown>>
  readonly Cmd?: readonly string[]
  readonly Healthcheck?: { readonly Test?: readonly string[] }
}

export const factsOf = ({ User = '', Volumes = {}, Cmd = [], Healthcheck = {} }: Config): ImageFacts => ({
  user: User,
  volumes: Object.keys(Volumes),
  command: Cmd,
  healthcheck: Healthcheck.Test ?? [],
})
