// Pure: names of JSON fields as a schema writes them. Pocket ID reads them without regard to case, and so do those who were written for it.
import type { GenericSchema } from 'valibot'

type Fields = Readonly<Record<string, GenericSchema>>

/** The value with every name that differs from the schema's in case alone put right, at any depth. A name that fits as it is wins. */
export function namedAs(schema: GenericSchema, value: unknown): unknown {
  const { entries, item, wrapped } = schema as {
    readonly entries?: Fields
    readonly item?: GenericSchema
    readonly wrapped?: GenericSchema
  }
  if (wrapped) return namedAs(wrapped, value)
  if (Array.isArray(value)) return item ? value.map((one) => namedAs(item, one)) : value
  return entries && typeof value === 'object' && value !== null ? fieldsNamedAs(entries, value) : value
}

function fieldsNamedAs(fields: Fields, value: object): object {
  const named = (name: string): string => {
    if (Object.hasOwn(fields, name)) return name
    const ours = Object.keys(fields).find((one) => one.toLowerCase() === name.toLowerCase())
    return ours === undefined || Object.hasOwn(value, ours) ? name : ours
  }
  const put = Object.entries(value).map(([given, held]): [string, unknown] => {
    const name = named(given)
    const schema = Object.hasOwn(fields, name) ? fields[name] : undefined
    return [name, schema ? namedAs(schema, held) : held]
  })
  return Object.fromEntries(put)
}
