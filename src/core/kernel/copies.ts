// Pure: numbered copies of a plugin. LDAP_2_URL, or a stored ldap2Url, makes a second directory out of the one manifest.
import { environmentName, type Setting, type SettingsTable } from '../settings/define.ts'
import type { Plugin } from './plugin.ts'

/** What a copy is a copy of. */
export interface CopyOf {
  /** The plugin's name. */
  readonly name: string
  /** From 2; the plugin itself is number 1. */
  readonly number: number
  /** The plugin's own key by the copy's: ldap2Url -> ldapUrl. */
  readonly keys: Readonly<Record<string, string>>
}

/** Every plugin that is there, copies included. Copies are made once, so that a running one is known again. */
export interface Catalog {
  /** @param keys stored keys and those of a change; @param variables names in the environment */
  plugins(keys: readonly string[], variables: readonly string[]): readonly Plugin[]
  /** The key that declares this one: ldapUrl for ldap2Url, every other key itself. */
  declaring(key: string): string
}

const mostCopies = 99

export function createCatalog(originals: readonly Plugin[]): Catalog {
  const made = new Map<string, Plugin>()
  const copy = (plugin: Plugin, number: number): Plugin => {
    const name = `${plugin.name}-${number}`
    const known = made.get(name) ?? copyOf(plugin, number)
    made.set(name, known)
    return known
  }
  return {
    plugins: (keys, variables) =>
      originals.flatMap((plugin) => [plugin, ...numbersIn(plugin, keys, variables).map((number) => copy(plugin, number))]),
    declaring(key) {
      for (const { numbered, settings } of originals) {
        const base = numbered && baseKey(numbered, key)
        if (base && Object.hasOwn(settings, base.key)) return base.key
      }
      return key
    },
  }
}

/** The numbers of copies that keys and variables speak of, in order. */
function numbersIn({ numbered, settings }: Plugin, keys: readonly string[], variables: readonly string[]): readonly number[] {
  if (numbered === undefined) return []
  const ofKeys = keys.flatMap((key) => {
    const base = baseKey(numbered, key)
    return base && Object.hasOwn(settings, base.key) ? [base.number] : []
  })
  const pattern = new RegExp(`^${numbered.toUpperCase()}_(\\d+)_`)
  const ofVariables = variables.flatMap((variable) => Number(pattern.exec(variable)?.[1] ?? 0))
  const all = [...ofKeys, ...ofVariables].filter((number) => number >= 2 && number <= mostCopies)
  return [...new Set(all)].sort((left, right) => left - right)
}

function baseKey(prefix: string, key: string): { readonly number: number; readonly key: string } | undefined {
  const [, number, rest] = new RegExp(`^${prefix}([1-9]\\d?)([A-Z].*)$`).exec(key) ?? []
  return number === undefined || rest === undefined ? undefined : { number: Number(number), key: `${prefix}${rest}` }
}

function copyOf(plugin: Plugin, number: number): Plugin {
  const { numbered = '', commands: _ofTheFirst, nav: _too, ...rest } = plugin
  const own = (key: string) => `${numbered}${number}${key.slice(numbered.length)}`
  const keys = Object.fromEntries(Object.keys(plugin.settings).map((key) => [own(key), key]))
  const named = Object.entries(plugin.settings).map(([key, setting]) => [own(key), renamed(key, setting, numbered, number, own)])
  const { enabled, check } = plugin
  const said = (text: string) => inWordsOfCopy(text, numbered, number)
  const faults = (values: Parameters<NonNullable<Plugin['check']>>[0]) =>
    (check?.(values) ?? []).map((fault) => ({ ...fault, field: own(fault.field), message: said(fault.message) }))
  return {
    ...rest,
    name: `${plugin.name}-${number}`,
    copy: { name: plugin.name, number, keys },
    settings: Object.fromEntries(named) as SettingsTable,
    ...(enabled ? { enabled: (values) => enabled(original(values, keys)) } : {}),
    ...(check ? { check: (values) => faults(original(values, keys)) } : {}),
  }
}

/** The values of a copy under the plugin's own keys. */
export const original = <V>(values: Readonly<Record<string, V>>, keys: CopyOf['keys']): Readonly<Record<string, V>> =>
  Object.freeze(Object.fromEntries(Object.entries(values).map(([key, value]) => [keys[key] ?? key, value])))

/** A sentence of the plugin as the copy says it: LDAP_URL becomes LDAP_2_URL. */
export const inWordsOfCopy = (text: string, prefix: string, number: number): string =>
  number === 1 ? text : text.replace(new RegExp(`\\b${prefix.toUpperCase()}_(?=[A-Z])`, 'g'), (start) => `${start}${number}_`)

function renamed(key: string, setting: Setting, prefix: string, number: number, own: (key: string) => string): Setting {
  const variable = (name: string) => inWordsOfCopy(name, prefix, number)
  return {
    ...setting,
    env: variable(environmentName(key, setting)),
    ...(setting.presets ? { presets: ofCopy(setting.presets, own) } : {}),
    ...(setting.aliases ? { aliases: setting.aliases.map(variable) } : {}),
  }
}

const ofCopy = (presets: NonNullable<Setting['presets']>, own: (key: string) => string): NonNullable<Setting['presets']> =>
  Object.fromEntries(
    Object.entries(presets).map(([word, texts]) => [
      word,
      Object.fromEntries(Object.entries(texts).map(([key, text]) => [own(key), text])),
    ]),
  )
