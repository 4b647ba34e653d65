// PLUGINS=: finds third-party plugins, checks their shape, and lets them join the catalog.
import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as v from 'valibot'
import { StartError } from '../settings/errors.ts'
import type { Plugin } from './plugin.ts'

// Wider than the type on purpose: what comes from outside is checked for what the kernel will touch.
const Manifest = v.looseObject({
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,63}$/, 'name must be lower-case letters, digits and dashes.')),
  api: v.number(),
  settings: v.record(
    v.string(),
    v.looseObject({ schema: v.unknown(), default: v.string(), label: v.string(), help: v.string() }),
  ),
  load: v.function(),
})

/**
 * Imports the manifests that PLUGINS names: a folder with manifest.ts or manifest.js, a file, or an npm name resolved from
 * `<dataFolder>/plugins/node_modules`. They run with full rights.
 *
 * @throws StartError naming each entry that cannot be loaded, and why
 */
export async function discover(
  entries: readonly string[],
  dataFolder: string,
  taken: ReadonlySet<string>,
): Promise<readonly Plugin[]> {
  const found: Plugin[] = []
  const faults: string[] = []
  const names = new Set(taken)
  for (const entry of entries) {
    try {
      const module: Record<string, unknown> = await import(pathToFileURL(locate(entry, dataFolder)).href)
      const checked = v.safeParse(Manifest, module.manifest)
      if (!checked.success) throw new Error(`it must export a manifest: ${checked.issues[0].message}`)
      if (names.has(checked.output.name)) throw new Error(`a plugin named ${checked.output.name} is there already`)
      names.add(checked.output.name)
      found.push(module.manifest as Plugin)
    } catch (error) {
      faults.push(`PLUGINS: ${entry} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (faults.length > 0) throw new StartError(faults)
  return found
}

function locate(entry: string, dataFolder: string): string {
  if (!isAbsolute(entry) && !entry.startsWith('.')) {
    return createRequire(join(resolve(dataFolder), 'plugins', 'node_modules', 'entry.js')).resolve(entry)
  }
  const path = resolve(entry)
  if (!existsSync(path)) throw new Error('there is nothing at this path')
  if (!statSync(path).isDirectory()) return path
  const manifest = ['manifest.ts', 'manifest.js'].map((name) => join(path, name)).find((name) => existsSync(name))
  if (!manifest) throw new Error('the folder has no manifest.ts or manifest.js')
  return manifest
}
