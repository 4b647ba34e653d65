// Composition root: environment + catalog + kernel -> running app. The only file that knows both sides.
import { dirname } from 'node:path'
import { databaseFile } from '#core/db/client.ts'
import { checkFaults, isOn } from '#core/kernel/change-settings.ts'
import { discover } from '#core/kernel/discover.ts'
import { type Ground, layGround } from '#core/kernel/ground.ts'
import { type Kernel, startKernel } from '#core/kernel/kernel.ts'
import type { Plugin } from '#core/kernel/plugin.ts'
import { coreSettings } from '#core/settings/core-settings.ts'
import { environmentName } from '#core/settings/define.ts'
import { catalog } from './plugins/catalog.ts'

export interface BootOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly write: (line: string) => void
  readonly quiet?: boolean
}

/** Built-in plugins and those that PLUGINS names. @throws StartError */
export async function knownPlugins(environment: BootOptions['environment']): Promise<readonly Plugin[]> {
  const entries = (environment.PLUGINS ?? '').split(/[\s,]+/).filter((entry) => entry !== '')
  if (entries.length === 0) return catalog
  const connection = environment.DB_CONNECTION_STRING || coreSettings.dbConnectionString.default
  const data = /^(libsql|https?|wss?):/.test(connection) ? 'data' : dirname(databaseFile(connection))
  return [...catalog, ...(await discover(entries, data, new Set(catalog.map((plugin) => plugin.name))))]
}

/** Lays the ground without starting any plugin; for the command line. */
export const prepare = async (options: BootOptions): Promise<Ground> =>
  layGround({ ...options, plugins: await knownPlugins(options.environment) })

/** Starts everything that is on. @throws StartError, or what a plugin's start threw */
export async function boot(options: BootOptions): Promise<{ readonly kernel: Kernel; readonly ground: Ground }> {
  const ground = await prepare(options)
  const { plugins, settings, table } = ground.resolution
  for (const { field, message } of checkFaults(plugins, settings)) {
    const setting = table[field]
    ground.log.warn(`${setting ? environmentName(field, setting) : field}: ${message}`)
  }
  for (const plugin of plugins)
    if (plugin.copy && !isOn(plugin, settings))
      ground.log.warn(`${plugin.name} has settings of its own and is switched off, so nothing of it runs`)
  try {
    return { kernel: await startKernel(ground), ground }
  } catch (error) {
    await ground.db.close()
    throw error
  }
}
