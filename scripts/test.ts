// `npm test`: types, style, tests; the last line of the output is the count.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { buildIslands } from './islands.ts'

interface Count {
  readonly passed: number
  readonly failed: number
}

/** The part of the report of vitest's json reporter that we read. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

await buildIslands()
// With a file or a filter given only the tests run: that is somebody at work on one thing.
const filters = process.argv.slice(2)
const checks = filters.length > 0 ? [] : [check('tsc', ['--noEmit']), check('biome', ['check'])]
const { passed, failed } = [...checks, tests(filters)].reduce((a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
}))
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

/** A program that checks the sources counts as one test. */
function check(program: string, args: readonly string[]): Count {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 })
  console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${[program, ...args].join(' ')}`)
  if (status === 0) return { passed: 1, failed: 0 }
  console.log(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`)
  return { passed: 0, failed: 1 }
}

function tests(filters: readonly string[]): Count {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-test-'))
  const file = join(folder, 'report.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const { status } = spawnSync('vitest', ['run', ...reporters, ...filters], { stdio: ['ignore', 'inherit', 'inherit'] })
    const { passed, failed } = existsSync(file)
      ? count(JSON.parse(readFileSync(file, 'utf8')) as Report)
      : { passed: 0, failed: 1 }
    // An error outside of any test (or no test at all) fails the run too.
    return { passed, failed: status !== 0 && failed === 0 ? 1 : failed }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A skipped test has not passed, so it counts as failed; so does a file that could not be loaded. */
function count({ testResults }: Report): Count {
  let passed = 0
  const failures: string[] = []
  for (const { name, status, assertionResults } of testResults) {
    const file = relative(process.cwd(), name)
    if (status === 'failed' && !assertionResults.some((one) => one.status === 'failed'))
      failures.push(`${file}: could not be run`)
    for (const one of assertionResults) {
      if (one.status === 'passed') passed++
      else failures.push(`${file}: ${one.status}: ${one.fullName}`)
    }
  }
  if (failures.length > 0) console.log(['', 'Did not pass:', ...failures.map((line) => `  ${line}`), ''].join('\n'))
  return { passed, failed: failures.length }
}
