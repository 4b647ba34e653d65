// A build in a folder of its own: the `dist` of the checkout, which may be running, stays as it is.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildInto } from '../scripts/build.ts'
import { asBuilt, type Program } from './pocket-id.ts'

export interface Build {
  readonly dist: string
  readonly program: Program
  remove(): void
}

/** Builds what the image ships. */
export async function buildAside(): Promise<Build> {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-build-'))
  const dist = join(folder, 'dist')
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  await buildInto(dist)
  return { dist, program: asBuilt(dist), remove }
}
