// Whichever of docker, podman and buildah works on this machine.
import { spawnSync } from 'node:child_process'
import { buildahEngine } from './buildah.ts'
import { dockerEngine } from './docker.ts'
import type { Engine } from './engine.ts'

/** The first that works here. @throws Error saying what to install */
export function findEngine(): Engine {
  if (works('docker', ['version'])) return dockerEngine('docker')
  if (works('podman', ['info'])) return dockerEngine('podman')
  if (works('buildah', ['--version'])) return buildahEngine()
  throw new Error(
    'The image cannot be tested: neither docker, podman nor buildah works here. Install one (Debian: apt-get install buildah).',
  )
}

const works = (program: string, args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore', timeout: 20_000 }).status === 0
