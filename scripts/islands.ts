// The browser's side of the pages: each file of src/plugins/web/islands becomes one small ES module in the assets.
import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, context } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src/plugins/web/islands')

/** Where the web plugin serves the islands from; made, so git does not hold it. */
const islandsFolder: string = join(root, 'src/plugins/web/assets/islands')

/** Builds every island: `islands/add-passkey.ts` becomes `add-passkey.js`, what two of them share a chunk. */
export async function buildIslands(folder: string = islandsFolder): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await build(options(folder))
}

/** Builds them now and again whenever one changes, until the returned function is called. */
export async function watchIslands(folder: string = islandsFolder): Promise<() => Promise<void>> {
  const watching = await context(options(folder))
  await watching.rebuild()
  await watching.watch()
  return () => watching.dispose()
}

function options(folder: string): BuildOptions {
  const files = existsSync(source) ? readdirSync(source).filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts')) : []
  return {
    entryPoints: files.map((name) => join(source, name)),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx/dom',
    chunkNames: 'shared-[hash]',
    logLevel: 'warning',
  }
}
