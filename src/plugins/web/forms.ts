// Pure: what a request carries as a form, and how faults find their way back to the fields.
import type { Context } from 'hono'
import * as v from 'valibot'
import { AppError, commonErrors, type FieldFault } from '#core/errors.ts'
import type { HostEnv } from '#core/identity/actor.ts'

/** The values of a form. A checkbox that is off sends nothing. */
export interface FormValues {
  text(name: string): string
  checked(name: string): boolean
  all(name: string): readonly string[]
  readonly names: readonly string[]
}

/** Messages by field; `''` is for the form as a whole. */
export type Faults = Readonly<Record<string, string>>

export const noFaults: Faults = {}

/** Reads a form. @throws AppError invalid_request_body when it is none */
export async function readForm(c: Context<HostEnv>): Promise<FormValues> {
  try {
    return valuesOf(await c.req.formData())
  } catch (cause) {
    throw commonErrors.refuse('invalid_request_body', { message: 'The request must be a form.', cause })
  }
}

function valuesOf(form: FormData): FormValues {
  const all = (name: string) =>
    form.getAll(name).map((value) => (typeof value === 'string' ? value.replaceAll('\r\n', '\n') : ''))
  return {
    text: (name) => all(name).at(-1) ?? '',
    checked: (name) => ['on', 'true'].includes(all(name).at(-1) ?? ''),
    all,
    names: [...new Set(form.keys())],
  }
}

/** The parsed input, or a message for each field that does not fit. */
export type Checked<T> = { readonly kind: 'good'; readonly input: T } | { readonly kind: 'bad'; readonly faults: Faults }

export function check<S extends v.GenericSchema>(schema: S, value: unknown): Checked<v.InferOutput<S>> {
  const result = v.safeParse(schema, value)
  if (result.success) return { kind: 'good', input: result.output }
  const faults: Record<string, string> = {}
  for (const issue of result.issues) faults[v.getDotPath(issue) ?? ''] ??= issue.message
  return { kind: 'bad', faults }
}

/**
 * A refusal as faults of a form: beside the field where it names one, on top otherwise.
 *
 * @throws what it was given, when that is no refusal or one that a form cannot help with
 */
export function faultsOf(error: unknown, taken: string): Faults {
  if (!(error instanceof AppError) || error.status === 404 || error.status >= 500) throw error
  const property = error.details?.property
  if (typeof property === 'string') return { [property]: taken }
  const fields = error.details?.fields
  if (Array.isArray(fields)) return Object.fromEntries((fields as FieldFault[]).map(({ field, message }) => [field, message]))
  return { '': error.message }
}
