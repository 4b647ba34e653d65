// `npm run build`: everything the image ships, in dist: the command `pocket-id` and the bundle it runs.
import { chmodSync, cpSync, globSync, readdirSync, rmSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin, transform } from 'esbuild'
import { bundleFiles, workers } from './bundle-files.ts'
import { bundleLibsql } from './bundle-libsql.ts'
import { bundleTogether } from './bundle-together.ts'
import { buildIslands } from './islands.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const src = join(root, 'src')
const islands = 'files/plugins/web/assets/islands'

/** Builds everything into a folder, anew. Returns what it weighs. */
export async function buildInto(dist: string): Promise<string> {
  const lib = join(dist, 'lib')
  rmSync(dist, { recursive: true, force: true })
  await build({
    entryPoints: { cli: join(src, 'cli.ts'), ...workers(src) },
    outdir: lib,
    bundle: true,
    // A plugin that is off stays a file that nobody reads.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    minifyWhitespace: true,
    minifySyntax: true,
    // Names are read by error reports, so they stay (but see shortLocals). `keepNames` beside short ones would name every closure anew each
    // time it is made, which is two dozen with every request.
    minifyIdentifiers: false,
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    legalComments: 'none',
    // A name that says what is inside: for .js Node looks for a package.json that does, a quarter of a millisecond with each file.
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.node': 'copy' },
    plugins: [bundleFiles(src, lib), bundleTogether(src), bundleLibsql(), shortLocals()],
    banner: { js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);" },
    logLevel: 'warning',
  })
  // Made here and not copied, so that a build leaves the sources alone.
  await buildIslands(join(lib, islands))
  cpSync(join(root, 'scripts/launcher.sh'), join(dist, 'pocket-id'))
  chmodSync(join(dist, 'pocket-id'), 0o755)
  return size(lib)
}

/** Shortens the names inside the functions of packages; what a package calls its functions and classes stays. */
const shortLocals = (): Plugin => ({
  name: 'short-locals',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => ({
      contents: (await transform(await readFile(path, 'utf8'), { minifyIdentifiers: true })).code,
    })),
})

/** What the image will carry, by kind. */
function size(lib: string): string {
  const bytes = (files: readonly string[]) => files.reduce((sum, file) => sum + statSync(join(lib, file)).size, 0)
  const megabytes = (count: number) => `${(count / 2 ** 20).toFixed(1)} MB`
  const top = readdirSync(lib)
  const code = bytes(top.filter((file) => file.endsWith('.mjs')))
  const native = bytes(top.filter((file) => file.endsWith('.node')))
  const files = bytes(globSync('files/**/*', { cwd: lib }).filter((file) => statSync(join(lib, file)).isFile()))
  return `dist: ${megabytes(code + native + files)} (code ${megabytes(code)}, libSQL ${megabytes(native)}, files ${megabytes(files)})`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildInto(join(root, 'dist')))
