// What is always loaded together becomes one file of the bundle: each file more is looked for, read and linked by every start.
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'

/** A file for each group, with what its plugins have under this name. */
interface Group {
  readonly name: string
  readonly half: string
  takes(manifest: string): boolean
}

const groups: readonly Group[] = [
  // A manifest that knows no switch.
  { name: 'always-on', half: './plugin.ts', takes: (manifest) => !/^\s*enabled\b/m.test(manifest) },
  // What an import out of Pocket ID asks of every plugin.
  { name: 'successors', half: './pocket-id.ts', takes: () => true },
]

/** Makes a manifest ask for its halves in the file of their group; every other source stays as it is. */
export function askTogether(path: string, source: string): string {
  if (basename(path) !== 'manifest.ts') return source
  const plugin = basename(dirname(path))
  const asked = groups.filter(({ takes }) => takes(source))
  return asked.reduce(
    (text, { name, half }) => text.replace(`import('${half}')`, `import('${name}').then((all) => all['${plugin}'])`),
    source,
  )
}

/** Makes the files that these manifests ask for. */
export const bundleTogether = (src: string): Plugin => ({
  name: 'bundle-together',
  setup({ onResolve, onLoad }) {
    for (const { name, half, takes } of groups) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }))
      onLoad({ filter: /./, namespace: name }, () => {
        const manifests = globSync('plugins/*/manifest.ts', { cwd: src })
          .sort()
          .map((file) => join(src, file))
        const mine = manifests.filter((file) => {
          const source = readFileSync(file, 'utf8')
          return takes(source) && source.includes(`import('${half}')`)
        })
        const lines = mine.map((file) => `export * as '${basename(dirname(file))}' from '${join(dirname(file), half)}'`)
        return { contents: lines.join('\n'), resolveDir: src }
      })
    }
  },
})
