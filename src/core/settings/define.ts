// One declaration per setting: env parsing, stored rows, the admin API, the settings page and the reference derive from it.
import * as v from 'valibot'

export type SettingKind = 'text' | 'flag' | 'number' | 'choice' | 'list'

export interface Setting<T = unknown> {
  readonly kind: SettingKind
  /** From the text on the wire (environment, stored row, JSON field) to the value; its messages are sentences. */
  readonly schema: v.GenericSchema<string, T>
  /** The text that stands in when nobody set anything. */
  readonly default: string
  readonly label: string
  readonly help: string
  /** Sealed at rest, masked for everybody. */
  readonly secret?: boolean
  /** Readable without signing in. */
  readonly public?: boolean
  /** Settable by the environment alone; never stored, never in the admin API. */
  readonly environmentOnly?: boolean
  /** The variable's name where the rule (UPPER_SNAKE of the key) does not give it. */
  readonly env?: string
  /** Older variable names that are still understood. */
  readonly aliases?: readonly string[]
  readonly choices?: readonly string[]
  /** For a choice: the texts that each word stands for, of other keys of the table. They count where nobody set anything else. */
  readonly presets?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

// `any` would be the only other way to say "a setting of whatever type": unknown does, because a schema's output is covariant.
export type SettingsTable = Readonly<Record<string, Setting>>
export type Values<T extends SettingsTable> = { readonly [K in keyof T]: T[K] extends Setting<infer V> ? V : never }

type Words = Pick<Setting, 'label' | 'help'> & Partial<Pick<Setting, 'secret' | 'public' | 'environmentOnly' | 'env' | 'aliases'>>

/** Declares a setting from its parts; the other constructors here are this one with a schema at hand. */
export const setting = <T>(parts: Setting<T>): Setting<T> => parts

/** Free text, trimmed. `schema` narrows it, for instance to an address. */
export const text = (parts: Words & { default?: string; schema?: v.GenericSchema<string, string> }): Setting<string> =>
  setting({ kind: 'text', default: '', ...parts, schema: v.pipe(v.string(), v.trim(), parts.schema ?? v.string()) })

/** true or false, in the spellings people use in environments. */
export const flag = (parts: Words & { default?: boolean }): Setting<boolean> =>
  setting({
    kind: 'flag',
    ...parts,
    default: String(parts.default ?? false),
    schema: v.pipe(
      v.string(),
      v.trim(),
      v.toLowerCase(),
      v.picklist(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'], 'Must be true or false.'),
      v.transform((word) => ['true', '1', 'yes', 'on'].includes(word)),
    ),
  })

/** A whole number between `min` and `max`, both included. */
export const whole = (parts: Words & { default: number; min: number; max: number }): Setting<number> =>
  setting({
    kind: 'number',
    ...parts,
    default: String(parts.default),
    schema: v.pipe(
      v.string(),
      v.trim(),
      v.regex(/^-?\d+$/, 'Must be a whole number.'),
      v.transform(Number),
      v.minValue(parts.min, `Must be at least ${parts.min}.`),
      v.maxValue(parts.max, `Must be at most ${parts.max}.`),
    ),
  })

/** One word out of a few. With `anyCase` it may be written in capitals; the choices are then in small letters. */
export const choice = <const C extends string>(
  choices: readonly C[],
  { anyCase = false, ...parts }: Words & Pick<Setting, 'presets'> & { default: NoInfer<C>; anyCase?: boolean },
): Setting<C> =>
  setting({
    kind: 'choice',
    ...parts,
    choices,
    schema: v.pipe(
      v.string(),
      v.trim(),
      v.transform((word) => (anyCase ? word.toLowerCase() : word)),
      v.picklist(choices, `Must be one of ${choices.join(', ')}.`),
    ),
  })

/** Several texts separated by commas or white space. */
export const list = (parts: Words & { default?: string; each?: v.GenericSchema<string, string> }): Setting<readonly string[]> =>
  setting({
    kind: 'list',
    default: '',
    ...parts,
    schema: v.pipe(
      v.string(),
      v.transform((all) => all.split(/[\s,]+/).filter((one) => one !== '')),
      v.array(parts.each ?? v.string()),
    ),
  })

/** Checks that a table is what it says and keeps its exact type. */
export const defineSettings = <const T extends SettingsTable>(table: T): T => table

/** ldapBindDn -> LDAP_BIND_DN */
export const environmentName = (key: string, setting: Pick<Setting, 'env'>): string =>
  setting.env ?? key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
