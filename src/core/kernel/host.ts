// Builds what a plugin is lent: its own settings and log, everybody's database, identity and ports.
import type { Meters } from '../metrics.ts'
import type { SettingsTable, Values } from '../settings/define.ts'
import { type Resolved, valuesOf } from '../settings/resolve.ts'
import { original } from './copies.ts'
import type { Host, Plugin } from './plugin.ts'

/** How a host reaches the other plugins, and the core's settings of the moment. */
export type Exchange = Pick<Host, 'measured' | 'nav' | 'offer' | 'seek' | 'seekAll'> & { core(): Host['core'] }

/** What all hosts share. */
export type Commons = Omit<Host, 'settings' | 'instance' | 'meter' | keyof Exchange> & { readonly meters: Meters }

/** Picks a table's values out of everything that was resolved. */
export const pick = <T extends SettingsTable>(table: T, resolved: Readonly<Record<string, Resolved>>): Values<T> =>
  valuesOf(Object.fromEntries(Object.keys(table).flatMap((key) => (resolved[key] ? [[key, resolved[key]]] : [])))) as Values<T>

/** The host of one plugin; its members are listed one by one, so that nothing else of the kernel is lent by accident. */
export function createHost(
  plugin: Plugin,
  { db, vault, files, pictures, profilePictures, identity, configuration, events, clock, outside, log, meters }: Commons,
  resolved: Readonly<Record<string, Resolved>>,
  exchange: Exchange,
): Host {
  return {
    instance: plugin.copy?.number ?? 1,
    settings: plugin.copy ? original(pick(plugin.settings, resolved), plugin.copy.keys) : pick(plugin.settings, resolved),
    get core() {
      return exchange.core()
    },
    db,
    vault,
    files,
    pictures,
    profilePictures,
    identity,
    configuration,
    events: { publish: events.publish },
    clock,
    outside,
    log: log.with({ plugin: plugin.name }),
    meter: meters.of(plugin.copy?.name ?? plugin.name),
    measured: exchange.measured,
    nav: exchange.nav,
    offer: exchange.offer,
    seek: exchange.seek,
    seekAll: exchange.seekAll,
  }
}
