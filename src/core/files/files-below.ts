// Every file of a folder, in whatever folder below it.
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** Paths from the folder on, with slashes. @throws what reading the folder throws, such as ENOENT */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'))
}
