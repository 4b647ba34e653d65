// Settings -> the variables that Pocket ID's clients know: everything is a string on the wire.
import * as v from 'valibot'
import { type ConfigurationEntry, masked } from '#core/settings/configuration.ts'

const Type = v.picklist(['string', 'boolean', 'number'])

/** A variable that everybody may read. */
export const PublicVariable = v.object({ key: v.string(), type: Type, value: v.string() })
export type PublicVariable = v.InferOutput<typeof PublicVariable>

/** A variable as administrators see it; the value of a secret is its mask. */
export const Variable = v.object({ ...PublicVariable.entries, isPublic: v.boolean() })
export type Variable = v.InferOutput<typeof Variable>

const types = { text: 'string', choice: 'string', list: 'string', flag: 'boolean', number: 'number' } as const

/**
 * Every variable that can be stored; what only the environment may say is not part of the configuration.
 *
 * @param told what the caller has just sent: a secret among it is no secret to the caller. Terraform takes a mask for a value that was not
 *   stored, and stops.
 */
export const variables = (entries: readonly ConfigurationEntry[], told: Readonly<Record<string, string>> = {}): Variable[] =>
  entries
    .filter(({ setting }) => !setting.environmentOnly)
    .map((entry) => ({
      key: entry.key,
      type: types[entry.setting.kind],
      value: entry.raw === told[entry.key] ? entry.raw : masked(entry),
      isPublic: entry.setting.public === true,
    }))

/** The public variables, and whether the configuration can be changed at all: pages ask for that before anybody signs in. */
export const publicVariables = (entries: readonly ConfigurationEntry[], uiConfigDisabled: boolean): PublicVariable[] => [
  ...variables(entries)
    .filter(({ isPublic }) => isPublic)
    .map(({ key, type, value }) => ({ key, type, value })),
  { key: 'uiConfigDisabled', type: 'boolean', value: String(uiConfigDisabled) },
]
