// Pure: tables x environment x stored rows -> values and where they come from, or every fault at once.
import * as v from 'valibot'
import type { FieldFault } from '../errors.ts'
import { environmentName, type Setting, type SettingsTable } from './define.ts'

/** Text from outside, before it is understood. `files` holds what NAME_FILE variables point to, already read. */
export interface Inputs {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly files: Readonly<Record<string, string>>
  readonly stored: Readonly<Record<string, string>>
}

/** `preset`: nobody set it, and a choice of the same table stands for it. */
export type Origin = 'default' | 'preset' | 'environment' | 'file' | 'stored'

/** One setting, understood: its text as on the wire, its value, and who said so. */
export interface Resolved {
  readonly key: string
  readonly setting: Setting
  readonly raw: string
  readonly value: unknown
  readonly origin: Origin
  /** The variable that decides, or would decide. */
  readonly variable: string
}

export interface Resolution {
  readonly settings: Readonly<Record<string, Resolved>>
  /** What stops the start; `field` is the variable's name. */
  readonly faults: readonly FieldFault[]
  /** What was passed over: stored values that no longer fit. */
  readonly warnings: readonly string[]
}

/**
 * Resolves every setting of a table. The environment wins over stored rows, key by key; an empty variable counts as unset.
 * A wrong variable is a fault; a stored value that no longer fits falls back to the default with a warning, because
 * nobody could mend it if the server did not start.
 */
export function resolve(table: SettingsTable, inputs: Inputs, storedCounts: boolean): Resolution {
  const faults: FieldFault[] = []
  const warnings: string[] = []
  const said = Object.entries(table).map(([key, setting]) => {
    return { key, setting, found: find(key, setting, inputs, storedCounts && !setting.environmentOnly) }
  })
  const preset = Object.assign({}, ...said.map(({ setting, found }) => setting.presets?.[found.raw.trim()])) as Inputs['files']
  const settings = said.map(({ key, setting, found: first }): readonly [string, Resolved] => {
    const found =
      first.origin === 'default' && preset[key] !== undefined ? { ...first, raw: preset[key], origin: 'preset' as const } : first
    const parsed = v.safeParse(setting.schema, found.raw)
    if (parsed.success) return [key, { key, setting, ...found, value: parsed.output }]
    const why = parsed.issues[0].message
    if (found.origin === 'stored') warnings.push(`The stored value of ${key} does not fit any more and is ignored: ${why}`)
    else faults.push({ field: found.variable, code: 'invalid', message: why })
    const value = v.safeParse(setting.schema, setting.default)
    return [
      key,
      { key, setting, ...found, raw: setting.default, origin: 'default', value: value.success ? value.output : undefined },
    ]
  })
  return { settings: Object.fromEntries(settings), faults, warnings }
}

function find(
  key: string,
  setting: Setting,
  inputs: Inputs,
  storedCounts: boolean,
): Pick<Resolved, 'raw' | 'origin' | 'variable'> {
  const names = [environmentName(key, setting), ...(setting.aliases ?? [])]
  for (const variable of names) {
    const direct = inputs.environment[variable]
    if (direct !== undefined && direct !== '') return { raw: direct, origin: 'environment', variable }
    const file = inputs.files[`${variable}_FILE`]
    if (file !== undefined) return { raw: file, origin: 'file', variable: `${variable}_FILE` }
  }
  const variable = names[0] ?? key
  const stored = storedCounts ? inputs.stored[key] : undefined
  if (stored !== undefined) return { raw: stored, origin: 'stored', variable }
  return { raw: setting.default, origin: 'default', variable }
}

/** The values alone, typed by whoever holds the table. */
export const valuesOf = (settings: Readonly<Record<string, Resolved>>): Readonly<Record<string, unknown>> =>
  Object.freeze(Object.fromEntries(Object.values(settings).map(({ key, value }) => [key, value])))

/** Variables of a known family that no setting knows, each with the nearest known name: typing errors, most of the time. */
export function unknownVariables(
  environment: Inputs['environment'],
  known: readonly string[],
): readonly { readonly variable: string; readonly nearest: string | undefined }[] {
  const names = new Set(known.flatMap((name) => [name, `${name}_FILE`]))
  return Object.keys(environment)
    .filter((name) => /^(LDAP|SMTP|OIDC)_/.test(name) && !names.has(name))
    .map((variable) => ({ variable, nearest: nearest(variable, known) }))
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known.map((candidate) => ({ candidate, far: distance(name, candidate) })).sort((a, b) => a.far - b.far)
  const best = ranked[0]
  return best && best.far <= Math.ceil(name.length / 3) ? best.candidate : undefined
}

/** Levenshtein distance. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, i) => i)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap))
    }
    row = next
  }
  return row[right.length] ?? 0
}
