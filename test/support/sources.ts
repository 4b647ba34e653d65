// Our own sources and the imports they make, read as text: what the architecture test judges.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../../', import.meta.url))

export interface Import {
  /** A file of ours as its path in the repository, or a package as it is named. */
  readonly target: string
  readonly kind: 'static' | 'lazy' | 'type'
}

export interface Source {
  /** The path in the repository, such as src/core/log.ts. */
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
}

const made = /node_modules|src\/plugins\/web\/assets\/islands/

/** Every file below a folder whose name ends in one of these ways. */
export const filesBelow = (folder: string, endings: RegExp): readonly string[] =>
  readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.test(entry.name))
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)))
    .filter((path) => !made.test(path))
    .sort()

export const readSource = (path: string): string => readFileSync(join(repository, path), 'utf8')

/** Every TypeScript file below a folder, with its imports. */
export const sourcesBelow = (folder: string): readonly Source[] =>
  filesBelow(folder, /\.tsx?$/).map((path) => {
    const text = readSource(path)
    return { path, text, imports: importsOf(path, text) }
  })

function importsOf(path: string, text: string): readonly Import[] {
  const found = (pattern: RegExp, kind: (match: RegExpExecArray) => Import['kind']) =>
    [...text.matchAll(pattern)].map((match) => ({ target: resolve(path, match.groups?.name ?? ''), kind: kind(match) }))
  return [
    ...found(/^(?:import|export)\s(?<type>type\s)?[^'"`;]*?\bfrom\s+'(?<name>[^']+)'/gm, ({ groups }) =>
      groups?.type ? 'type' : 'static',
    ),
    ...found(/^import\s+'(?<name>[^']+)'/gm, () => 'static'),
    ...found(/(?<typeof>\btypeof\s+)?\bimport\(\s*'(?<name>[^']+)'/g, ({ groups }) => (groups?.typeof ? 'type' : 'lazy')),
  ]
}

function resolve(from: string, name: string): string {
  if (name.startsWith('#core/')) return `src/core/${name.slice('#core/'.length)}`
  return name.startsWith('.') ? normalize(join(dirname(from), name)) : name
}
