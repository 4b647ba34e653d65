// The rules of OpenAPI 3.1 that a generated document can break, checked one by one; an empty answer is a sound document.
import type { OpenApi, Schema } from './conformance.ts'

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema?: Schema
}

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>
}

interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Media
  readonly responses?: Readonly<Record<string, Media & { readonly description?: string }>>
}

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'])
const types = new Set(['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'])

/** Everything that is wrong with a document. */
export function documentFaults(document: OpenApi): readonly string[] {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation: operation as Operation })),
  )
  const ids = operations.map(({ operation }) => operation.operationId)
  return [
    ...(/^3\.1\.\d+$/.test(document.openapi) ? [] : [`openapi is ${document.openapi}`]),
    ...(document.info.title && document.info.version ? [] : ['info needs a title and a version']),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `the operationId ${id} is there twice`),
    ...operations.flatMap(({ path, method, operation }) => operationFaults(path, method, operation)),
  ]
}

function operationFaults(path: string, method: string, operation: Operation): readonly string[] {
  const at = `${method} ${path}`
  const responses = Object.entries(operation.responses ?? {})
  return [
    ...(path.startsWith('/') ? [] : [`${at} does not start with a slash`]),
    ...(methods.has(method) ? [] : [`${at} has an unknown method`]),
    ...(operation.operationId && operation.summary && operation.tags?.length ? [] : [`${at} lacks operationId, summary or tag`]),
    ...(responses.length > 1 ? [] : [`${at} declares no answer`]),
    ...parameterFaults(at, path, operation.parameters ?? []),
    ...(operation.requestBody ? mediaFaults(`${at} requestBody`, operation.requestBody) : []),
    ...responses.flatMap(([status, response]) => [
      ...(/^([1-5]\d\d|default)$/.test(status) ? [] : [`${at} has the status ${status}`]),
      ...(response.description ? [] : [`${at} ${status} has no description`]),
      ...(response.content ? mediaFaults(`${at} ${status}`, response) : []),
    ]),
  ]
}

/** Every `{name}` of a path is a required path parameter, and the other way round; none is there twice. */
function parameterFaults(at: string, path: string, parameters: readonly Parameter[]): readonly string[] {
  const wanted = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  const inPath = parameters.filter((one) => one.in === 'path')
  const keys = parameters.map((one) => `${one.in} ${one.name}`)
  return [
    ...wanted.filter((name) => !inPath.some((one) => one.name === name)).map((name) => `${at} does not declare ${name}`),
    ...inPath.filter(({ name }) => !wanted.includes(name)).map(({ name }) => `${at} declares ${name}, which is not in its path`),
    ...inPath.filter(({ required }) => !required).map(({ name }) => `${at} must require ${name}`),
    ...keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `${at} declares ${key} twice`),
    ...parameters.flatMap((one) =>
      one.schema ? schemaRules(`${at} ${one.name}`, one.schema) : [`${at} ${one.name} has no schema`],
    ),
  ]
}

const mediaFaults = (at: string, { content = {} }: Media): readonly string[] =>
  Object.entries(content).flatMap(([type, { schema }]) => [
    ...(/^[\w.+-]+\/[\w.+*-]+$/.test(type) ? [] : [`${at} has the media type ${type}`]),
    ...(schema ? schemaRules(at, schema) : []),
  ])

function schemaRules(at: string, schema: Schema): readonly string[] {
  const names = Object.keys(schema.properties ?? {})
  const inner: readonly (readonly [string, Schema])[] = [
    ...Object.entries(schema.properties ?? {}),
    ...(schema.items ? [['items', schema.items] as const] : []),
    ...(schema.anyOf ?? []).map((one) => ['anyOf', one] as const),
  ]
  return [
    ...(schema.type === undefined || types.has(schema.type) ? [] : [`${at} has the type ${schema.type}`]),
    ...('nullable' in schema ? [`${at} says nullable, which 3.1 no longer has`] : []),
    ...(schema.required ?? [])
      .filter((name) => !names.includes(name))
      .map((name) => `${at} requires ${name} and does not have it`),
    ...inner.flatMap(([name, one]) => schemaRules(`${at}.${name}`, one)),
  ]
}
