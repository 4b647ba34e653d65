// How the tests run: real parts in forked processes, three at a time, for many wait. The container test joins in CI or when asked for.
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const withContainer = process.env.CI === 'true' || process.env.CONTAINER_TEST === '1'

/** What takes longest begins first: else it would be alone at the end. Minutes that are waited for, then browsers, then processes. */
const longest = [/\/live/, /\/browser\//, /\/process\//, /\/directory\//, /\/fault\//]
const rank = ({ moduleId }: TestSpecification) => {
  const at = longest.findIndex((kind) => kind.test(moduleId))
  return at < 0 ? longest.length : at
}
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other))
  }
}

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  test: {
    environment: 'node',
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: withContainer ? [] : ['test/container/**'],
    pool: 'forks',
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    setupFiles: ['test/support/steady.ts'],
    // No limit tells how long a thing takes: on a busy machine it takes ten times as long. They end what hangs.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 180_000 } },
  },
})
