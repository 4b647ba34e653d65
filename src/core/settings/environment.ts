// Reads what the environment points to: the files behind NAME_FILE variables.
import { readFileSync } from 'node:fs'
import type { FieldFault } from '../errors.ts'
import { environmentName, type SettingsTable } from './define.ts'

/**
 * Reads the file of each NAME_FILE variable that a setting of the table knows; one trailing line break is dropped.
 *
 * @returns the contents by variable name, and a fault for each file that cannot be read
 */
export function readSettingFiles(
  table: SettingsTable,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly files: Readonly<Record<string, string>>; readonly faults: readonly FieldFault[] } {
  const files: Record<string, string> = {}
  const faults: FieldFault[] = []
  const names = Object.entries(table).flatMap(([key, setting]) => [environmentName(key, setting), ...(setting.aliases ?? [])])
  for (const variable of names.map((name) => `${name}_FILE`)) {
    const path = environment[variable]
    // A setting may itself be called SOMETHING_FILE; then the variable is its own value.
    if (!path || names.includes(variable)) continue
    try {
      files[variable] = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
      faults.push({ field: variable, code: 'unreadable_file', message: `The file it names cannot be read (${why}).` })
    }
  }
  return { files, faults }
}
