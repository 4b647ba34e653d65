// What was built moves an instance: its file lies outside of what the process may otherwise touch.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { build, folder, useBuild } from '../support/built.ts'

useBuild()

const pocketId = (instance: string, ...args: string[]) => {
  const PATH = `${dirname(process.execPath)}:${process.env.PATH ?? ''}`
  const env = { PATH, ENCRYPTION_KEY: 'the key of both instances', DB_CONNECTION_STRING: join(folder, instance, 'test.db') }
  return promisify(execFile)(build.program[0], args, { cwd: folder, env })
}

test('writes its file where it is told, and reads it from there', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'pocket-id-edge-outside-'))
  const path = join(outside, 'all.zip')
  expect((await pocketId('from', 'export', '--path', path)).stderr).toBe('')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect((await pocketId('to', 'import', `--path=${path}`, '--yes')).stdout).toMatch(/rows are imported/)
  rmSync(outside, { recursive: true, force: true })
})
