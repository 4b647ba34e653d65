// Instances that an export moves to, each in a folder of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importAll } from '../../src/commands/import.ts'
import { encryptionKey } from './pocket-id-export.ts'

export function createMoving() {
  const folder = mkdtempSync(join(tmpdir(), 'pocket-id-edge-moving-'))
  const place = (name: string) => ({
    DB_CONNECTION_STRING: join(folder, name, 'test.db'),
    UPLOAD_PATH: join(folder, name, 'uploads'),
    ENCRYPTION_KEY: encryptionKey,
  })
  return {
    folder,
    place,
    /** Imports without asking. Returns what the command prints. */
    async moveTo(name: string, path: string, environment: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
      const lines: string[] = []
      await importAll(['--path', path, '--yes'], {
        print: (line) => lines.push(line),
        environment: { ...place(name), ...environment },
      })
      return lines
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
