// A ground on which nothing runs, and hosts of plugins over it, for commands.
import { createConfiguration } from '#core/kernel/change-settings.ts'
import type { Ground } from '#core/kernel/ground.ts'
import { createHost, pick } from '#core/kernel/host.ts'
import type { Host, Plugin } from '#core/kernel/plugin.ts'
import { coreSettings } from '#core/settings/core-settings.ts'
import { type BootOptions, prepare } from '../boot.ts'

/** Warnings go to standard error: standard output is the command's. Whoever asks closes it. */
export const quietGround = (environment: BootOptions['environment']): Promise<Ground> =>
  prepare({ environment, write: (line) => process.stderr.write(`${line}\n`), quiet: true })

/** Lends what a plugin is lent when it runs; nothing is offered to others, and settings stay as they are. */
export function lender(ground: Ground): (plugin: Plugin) => Host {
  const { settings } = ground.resolution
  const core = () => pick(coreSettings, settings)
  const identity = ground.identity(() => [], core)
  const refuse = async () => {
    throw new Error('The command line does not change settings; use the pages or the API.')
  }
  const configuration = createConfiguration(ground, () => ground.resolution, refuse)
  const exchange = { core, measured: async () => [], nav: () => [], offer: () => {}, seek: () => undefined, seekAll: () => [] }
  return (plugin) => createHost(plugin, { ...ground, identity, configuration }, settings, exchange)
}
