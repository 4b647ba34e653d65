// What `npm run build` makes, for the tests of one file: built before them, with a folder that they may fill, and gone behind them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type Build, buildAside } from '../../sample/build.ts'
import { startServer, type TestServer } from './server.ts'

export let build: Build
export const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-built-'))
let running: TestServer[] = []

export const useBuild = (): void => {
  beforeAll(async () => {
    build = await buildAside()
  })
  afterEach(async () => {
    await Promise.all(running.map((server) => server.stop()))
    running = []
  })
  afterAll(() => {
    build?.remove()
    rmSync(folder, { recursive: true, force: true })
  })
}

/** A server as it was built, until the end of the test. */
export async function startBuilt(environment: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const server = await startServer(environment, build.program)
  running.push(server)
  return server
}
