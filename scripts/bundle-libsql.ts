// Takes the native part of libSQL into the bundle: one file, that of the platform the build runs on.
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

/**
 * Names the native package at build time, where `libsql` looks for it at start.
 *
 * The name is then a literal, so esbuild copies the binary beside the bundle (no node_modules in the image), and start
 * saves the search, which reads files of the system that the permission flags close.
 */
export function bundleLibsql(): Plugin {
  const { target, folder } = nativePackage()
  return {
    name: 'bundle-libsql',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^(@neon-rs\/load|detect-libc)$/ }, ({ path }) => ({ path, namespace: 'platform' }))
      onLoad({ filter: /.*/, namespace: 'platform' }, () => ({
        contents: `module.exports = { currentTarget: () => '${target}', familySync: () => undefined }`,
      }))
      onLoad({ filter: /[\\/]libsql[\\/](index|promise)\.js$/ }, async ({ path }) => {
        const { readFile } = await import('node:fs/promises')
        const source = await readFile(path, 'utf8')
        const contents = source.replace(/require\(`@libsql\/\$\{target\}`\)/, `require('@libsql/${target}')`)
        if (contents === source) throw new Error('libsql loads its native part in a new way: look at bundle-libsql.ts.')
        return { contents, resolveDir: dirname(path) }
      })
      onResolve({ filter: new RegExp(`^@libsql/${target}$`) }, () => ({ path: `${folder}/index.node` }))
    },
  }
}

function nativePackage(): { readonly target: string; readonly folder: string } {
  const libsql = createRequire(createRequire(import.meta.url).resolve('libsql'))
  const { currentTarget } = libsql('@neon-rs/load') as { currentTarget(): string }
  const target = currentTarget()
  try {
    return { target, folder: dirname(libsql.resolve(`@libsql/${target}`)) }
  } catch (cause) {
    throw new Error(`@libsql/${target} is not installed beside ${fileURLToPath(import.meta.url)}: run npm ci.`, { cause })
  }
}
