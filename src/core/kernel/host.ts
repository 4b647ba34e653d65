// Builds what a plugin is lent: its own settings and log, everybody's database, identity and ports.
import type { CoreSettings } from '../settings/core-settings.ts'
import type { SettingsTable, Values } from '../settings/define.ts'
import { type Resolved, valuesOf } from '../settings/resolve.ts'
import type { Host, Plugin } from './plugin.ts'

/** How a host reaches the other plugins. */
export type Exchange = Pick<Host, 'nav' | 'offer' | 'seek'>

/** What all hosts share. */
export type Commons = Omit<Host, 'settings' | 'core' | keyof Exchange>

/** Picks a table's values out of everything that was resolved. */
export const pick = <T extends SettingsTable>(table: T, resolved: Readonly<Record<string, Resolved>>): Values<T> =>
  valuesOf(Object.fromEntries(Object.keys(table).flatMap((key) => (resolved[key] ? [[key, resolved[key]]] : [])))) as Values<T>

/** The host of one plugin; its members are listed one by one, so that nothing else of the kernel is lent by accident. */
export function createHost(
  plugin: Plugin,
  { db, vault, identity, configuration, events, clock, log }: Commons,
  resolved: Readonly<Record<string, Resolved>>,
  core: CoreSettings,
  exchange: Exchange,
): Host {
  return {
    settings: pick(plugin.settings, resolved),
    core: pick(core, resolved),
    db,
    vault,
    identity,
    configuration,
    events: { publish: events.publish },
    clock,
    log: log.with({ plugin: plugin.name }),
    nav: exchange.nav,
    offer: exchange.offer,
    seek: exchange.seek,
  }
}
