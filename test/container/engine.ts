// The few words that the container test needs of an engine, and what docker, podman and buildah have in common.
import { type ChildProcess, execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface ImageToBuild {
  /** The folder with a Dockerfile. */
  readonly context: string
  readonly tag: string
  readonly buildArguments?: Readonly<Record<string, string>>
  /** Files by id that a step of the build may read and the image does not keep. */
  readonly secrets?: Readonly<Record<string, string>>
}

/** A container that runs the command of its image. */
export interface Container {
  /** What it writes: standard output and error, as they come. */
  readonly output: ChildProcess
  /** Runs a program inside, as the user of the image. */
  exec(...command: string[]): Promise<Said>
  /** Sends SIGTERM to its process and waits. Returns the exit code. */
  terminate(): Promise<number>
}

/** What the image says of itself, in the words of its Dockerfile. */
export interface ImageFacts {
  readonly user: string
  readonly volumes: readonly string[]
  readonly command: readonly string[]
  readonly healthcheck: readonly string[]
}

export interface Engine {
  readonly name: string
  /** Whether it can get this image from a registry. */
  pull(image: string): Promise<boolean>
  build(image: ImageToBuild): Promise<void>
  facts(tag: string): Promise<ImageFacts>
  /** Starts it in the network of this machine, without root, and with nothing to write to but its volumes. */
  start(tag: string, environment: Readonly<Record<string, string>>): Promise<Container>
  /** Removes every image and container that was made. */
  remove(): Promise<void>
}

/** Runs a program to its end, whatever its code. */
export async function run(program: string, args: readonly string[]): Promise<Said> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { maxBuffer: 2 ** 26 })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout = '', stderr = String(error) } = error as { code?: unknown; stdout?: string; stderr?: string }
    return { code: typeof code === 'number' ? code : -1, stdout, stderr }
  }
}

/** Runs a program that has to succeed. @throws Error with the end of what it said */
export async function must(program: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(program, args)
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${`${stdout}${stderr}`.slice(-3_000)}`)
  return stdout
}

/** The flags of a build that docker, podman and buildah share. */
export const buildFlags = ({ tag, buildArguments = {}, secrets = {} }: ImageToBuild): readonly string[] => [
  ...Object.entries(buildArguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
  ...Object.entries(secrets).flatMap(([id, path]) => ['--secret', `id=${id},src=${path}`]),
  ...['--tag', tag],
]
