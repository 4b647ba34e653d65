// Holds answers against our own OpenAPI document: every answer of a journey must be declared, field by field.

/** The part of a JSON Schema that our declarations use. */
export interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly additionalProperties?: Schema | boolean
}

interface Operation {
  readonly operationId: string
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>
}

export interface OpenApi {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** What is wrong with an answer: an undeclared status, a missing field, one of another type, one that nobody declared. */
export function answerFaults(document: OpenApi, method: string, path: string, status: number, body: unknown): readonly string[] {
  const operation = findOperation(document, method, path)
  // What no route answers is refused by the app itself, in the shape that every route declares.
  const responses = operation?.responses ?? Object.values(Object.values(document.paths)[0] ?? {})[0]?.responses ?? {}
  const response = status >= 400 ? responses.default : responses[status]
  if (!response) return [`${method} ${path} does not declare the status ${status}`]
  const schema = response.content?.['application/json']?.schema
  if (!schema) return body === undefined ? [] : [`${method} ${path} answers ${status} with a body that it does not declare`]
  return schemaFaults(schema, body, `${method} ${path} ${status}`)
}

/** Where a value differs from its schema. Properties that nobody declared are faults too: they may be a leak. */
function schemaFaults(schema: Schema, value: unknown, at: string): readonly string[] {
  if (schema.anyOf) {
    const all = schema.anyOf.map((one) => schemaFaults(one, value, at))
    return all.some((faults) => faults.length === 0) ? [] : (all[0] ?? [])
  }
  if (schema.enum && !schema.enum.includes(value)) return [`${at} is ${JSON.stringify(value)}, none of ${schema.enum.join(', ')}`]
  if (schema.type && kindOf(value) !== schema.type && !(schema.type === 'number' && kindOf(value) === 'integer'))
    return [`${at} is ${kindOf(value)}, not ${schema.type}`]
  if (Array.isArray(value)) return value.flatMap((one, index) => schemaFaults(schema.items ?? {}, one, `${at}[${index}]`))
  return kindOf(value) === 'object' ? objectFaults(schema, value as Record<string, unknown>, at) : []
}

function objectFaults(schema: Schema, value: Readonly<Record<string, unknown>>, at: string): readonly string[] {
  const missing = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`)
  const others = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
  const present = Object.entries(value).flatMap(([name, one]) => {
    const declared = schema.properties?.[name] ?? others
    if (declared) return schemaFaults(declared, one, `${at}.${name}`)
    return schema.properties ? [`${at}.${name} is not declared`] : []
  })
  return [...missing, ...present]
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value
}

/** The operation a path belongs to; one without parameters wins, as in the app. */
function findOperation({ paths }: OpenApi, method: string, path: string): Operation | undefined {
  const [plain = ''] = path.split('?')
  const fits = Object.keys(paths).filter((template) =>
    new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(plain),
  )
  const [best] = fits.sort((a, b) => a.split('{').length - b.split('{').length)
  return best === undefined ? undefined : paths[best]?.[method.toLowerCase()]
}
