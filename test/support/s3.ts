// A real S3 server of somebody else's, on loopback, in a process and a folder of its own (s3-server.ts).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { BucketPlace } from '#core/files/bucket.ts'

export interface S3Server {
  readonly endpoint: string
  /** The settings for its first bucket. */
  readonly place: BucketPlace
  readonly environment: Readonly<Record<string, string>>
  stop(): Promise<void>
}

export async function startS3(...buckets: readonly [string, ...string[]]): Promise<S3Server> {
  const directory = mkdtempSync(join(tmpdir(), 'pocket-id-edge-s3-'))
  const program = fileURLToPath(new URL('./s3-server.ts', import.meta.url))
  const words = ['--openssl-legacy-provider', '--disable-warning=ExperimentalWarning', program, directory, ...buckets]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string]
  const endpoint = `http://127.0.0.1:${port}`
  const [s3Bucket] = buckets
  const keys = { s3AccessKeyId: 'S3RVER', s3SecretAccessKey: 'S3RVER' }
  return {
    endpoint,
    place: { uploadPath: '', s3Bucket, s3Region: 'us-east-1', s3Endpoint: endpoint, s3ForcePathStyle: true, ...keys },
    environment: {
      ...{ FILE_BACKEND: 's3', UPLOAD_PATH: '', S3_BUCKET: s3Bucket, S3_ENDPOINT: endpoint, S3_FORCE_PATH_STYLE: 'true' },
      ...{ S3_ACCESS_KEY_ID: keys.s3AccessKeyId, S3_SECRET_ACCESS_KEY: keys.s3SecretAccessKey },
    },
    async stop() {
      const ended = once(child, 'exit')
      kill()
      await ended
      process.off('exit', kill)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
