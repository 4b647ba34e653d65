// How the tests run: real parts in forked processes, two at a time. The container test joins in CI or when asked for.
import { defineConfig } from 'vitest/config'

const withContainer = process.env.CI === 'true' || process.env.CONTAINER_TEST === '1'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  test: {
    environment: 'node',
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: withContainer ? [] : ['test/container/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // As long as a test may take: what comes a moment later on an idle machine comes seconds later on a busy one.
    expect: { poll: { timeout: 50_000 } },
  },
})
