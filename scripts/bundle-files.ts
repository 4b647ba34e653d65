// Takes the files that sources reach by `new URL('./x', import.meta.url)` into the bundle: migrations, pictures, workers.
import { cpSync, globSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import type { Plugin } from 'esbuild'
import { askTogether } from './bundle-together.ts'

const reference = /new URL\(\s*(['"])(\.{1,2}\/[^'"]+)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g
const wasm = /import\.meta\.resolve\(\s*(['"])([^'".][^'"]*\.wasm)\1\s*,?\s*\)/g
const isSource = (path: string) => /\.tsx?$/.test(path)

/**
 * Keeps `new URL('./migrations/', import.meta.url)` right after bundling.
 *
 * In the bundle all code lies in one folder, so the place of the source is gone. What such a URL names is copied to
 * `files/<its path in src>` beside the bundle and the URL is written anew. An author does nothing for it, but the
 * path has to be a literal. A URL that names a source file (a worker) points to the bundle of that file instead:
 * see `workers`. WebAssembly of a package, found by `import.meta.resolve('package/file.wasm')`, is copied the same way.
 */
export function bundleFiles(src: string, outdir: string): Plugin {
  const copied = new Set<string>()
  const keep = (target: string): string => {
    const place = join('files', relative(src, target))
    if (!copied.has(target)) cpSync(target, join(outdir, place), { recursive: true })
    copied.add(target)
    return statSync(target).isDirectory() ? `./${place}/` : `./${place}`
  }
  return {
    name: 'bundle-files',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.tsx?$/ }, ({ path }) => {
        if (relative(src, path).startsWith('..')) return undefined
        const contents = askTogether(path, readFileSync(path, 'utf8'))
          .replace(reference, (_, __, to: string) => {
            const target = resolve(dirname(path), to)
            return `new URL('${isSource(target) ? `./${workerName(src, target)}.mjs` : keep(target)}', import.meta.url)`
          })
          .replace(wasm, (_, __, name: string) => {
            cpSync(createRequire(path).resolve(name), join(outdir, 'files', name))
            return `new URL('./files/${name}', import.meta.url).href`
          })
        return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts', resolveDir: dirname(path) }
      }),
  }
}

/** The sources that start in a thread of their own, by the name that their bundle gets. */
export function workers(src: string): Readonly<Record<string, string>> {
  const sources = globSync('**/*.{ts,tsx}', { cwd: src }).map((file) => join(src, file))
  const targets = sources.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(reference)].map(([, , to = '']) => resolve(dirname(path), to)).filter(isSource),
  )
  return Object.fromEntries(targets.map((target) => [workerName(src, target), target]))
}

const workerName = (src: string, target: string): string =>
  relative(src, target)
    .replace(/\.tsx?$/, '')
    .replaceAll(/[\\/]/g, '-')
