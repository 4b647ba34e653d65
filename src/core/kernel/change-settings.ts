// Changing settings while the server runs: check everything, build the next generation, store, swap.
import * as v from 'valibot'
import { type FieldFault, invalidFields } from '../errors.ts'
import type { Configuration } from '../settings/configuration.ts'
import { secretMask } from '../settings/configuration.ts'
import { coreSettings } from '../settings/core-settings.ts'
import type { SettingsTable } from '../settings/define.ts'
import { settingsErrors } from '../settings/errors.ts'
import { type Resolution, type Resolved, valuesOf } from '../settings/resolve.ts'
import type { Configured, Ground } from './ground.ts'
import { pick } from './host.ts'
import type { Plugin } from './plugin.ts'

type Settings = Resolution['settings']

/** Whether a plugin runs under these settings. */
export const isOn = (plugin: Plugin, settings: Settings): boolean => plugin.enabled?.(pick(plugin.settings, settings)) ?? true

/** Faults that a plugin sees in its own values, by key; none while it is off. */
export const checkFaults = (plugins: readonly Plugin[], settings: Settings): readonly FieldFault[] =>
  plugins.filter((plugin) => isOn(plugin, settings)).flatMap((plugin) => plugin.check?.(pick(plugin.settings, settings)) ?? [])

/**
 * The application configuration over a running kernel.
 *
 * @param replace builds and swaps in the next generation; calls `save` when everything else has succeeded
 */
export function createConfiguration(
  ground: Ground,
  now: () => Configured,
  replace: (resolution: Configured, save: () => Promise<void>) => Promise<void>,
): Configuration {
  let stored = ground.stored
  let last: Promise<unknown> = Promise.resolve()

  const consider = (values: Readonly<Record<string, string>>) => {
    const wide = ground.resolveWith(stored, Object.keys(values))
    const { changes, faults } = readChanges(wide.table, wide.settings, values)
    if (faults.length > 0) throw invalidFields(faults)
    const next = { ...stored, ...changes }
    const kept = Object.fromEntries(Object.entries(next).filter((entry): entry is [string, string] => entry[1] !== undefined))
    return { changes, kept, resolution: ground.resolveWith(kept) }
  }
  const changeNow = async (values: Readonly<Record<string, string>>, actorId: string | null) => {
    if (pick(coreSettings, now().settings).uiConfigDisabled) throw settingsErrors.refuse('ui_config_disabled')
    const { changes, kept, resolution } = consider(values)
    const unfit = checkFaults(resolution.plugins, resolution.settings)
    if (unfit.length > 0) throw invalidFields(unfit)
    await replace(resolution, () => ground.store.save(changes))
    stored = kept
    ground.events.publish('settings.changed', { keys: Object.keys(changes), actorId })
  }

  const entriesOf = ({ plugins, settings }: Configured) => {
    const owners = ownersOf(plugins)
    return Object.values(settings).map((resolved) => ({ ...resolved, owner: owners[resolved.key] ?? 'core' }))
  }

  return {
    entries: () => entriesOf(now()),
    entriesWith: (values) => entriesOf(consider(values).resolution),
    plugins: () => now().plugins.map((plugin) => ({ name: plugin.name, on: isOn(plugin, now().settings) })),
    change(values, actorId) {
      // One change after the other: each builds on what the one before left.
      const next = last.then(() => changeNow(values, actorId))
      last = next.catch(() => undefined)
      return next
    },
  }
}

function ownersOf(plugins: readonly Plugin[]): Readonly<Record<string, string>> {
  return Object.fromEntries(plugins.flatMap(({ name, settings }) => Object.keys(settings).map((key) => [key, name])))
}

/** Sorts what came in: what really changes (undefined: back to the default), and what is wrong. */
function readChanges(table: SettingsTable, now: Settings, values: Readonly<Record<string, string>>) {
  const changes: Record<string, string | undefined> = {}
  const faults: FieldFault[] = []
  for (const [key, raw] of Object.entries(values)) {
    const setting = Object.hasOwn(table, key) ? table[key] : undefined
    const held = now[key]
    if (!setting || !held || setting.environmentOnly || (setting.secret && raw === secretMask)) continue
    const parsed = v.safeParse(setting.schema, raw === '' ? setting.default : raw)
    if (!parsed.success) faults.push({ field: key, code: 'invalid', message: parsed.issues[0].message })
    else if (!sameValue(parsed.output, held)) {
      if (held.origin !== 'environment' && held.origin !== 'file') changes[key] = raw === '' ? undefined : raw.trim()
      else
        faults.push({ field: key, code: 'set_by_environment', message: `Set by ${held.variable}; change it there and restart.` })
    }
  }
  return { changes, faults }
}

const sameValue = (value: unknown, held: Resolved): boolean =>
  JSON.stringify(value) === JSON.stringify(valuesOf({ held })[held.key])
