// One declaration per route: validation, OpenAPI and the client's types come from it. The only file that imports hono-openapi.
import type { Context, Env, Hono, MiddlewareHandler, ValidationTargets } from 'hono'
import { describeRoute, generateSpecs, resolver, validator } from 'hono-openapi'
import * as v from 'valibot'
import { commonErrors, type FieldFault, invalidFields } from '../errors.ts'
import { namedAs } from './field-names.ts'

/** A route in words. `answers` maps a status to the schema of its body, its media type where it is no JSON, or null where there is none. */
export interface RouteDescription {
  readonly id: string
  readonly tag: string
  readonly summary: string
  readonly answers: Readonly<Record<number, v.GenericSchema | MediaType | null>>
  /** Codes this route may refuse with, beside the ones every route has. */
  readonly refusals?: readonly string[]
  /** Takes the query of every list: page, sort and search. */
  readonly list?: boolean
  /** Answers for one of several copies of its plugin, which `source` names. */
  readonly ofCopies?: boolean
  /** Takes a multipart form with one `file`. */
  readonly upload?: boolean
}

/** What a route answers that is no JSON: bytes of this type. */
export type MediaType = `image/${string}` | 'text/csv' | 'text/plain' | 'text/event-stream'

/** The wire form of every refusal. */
export const ErrorBody = v.object({
  error: v.string(),
  code: v.string(),
  details: v.optional(v.record(v.string(), v.unknown())),
  request_id: v.optional(v.string()),
})

const listParameter = (name: string, type: 'integer' | 'string', description: string) => ({
  name,
  in: 'query' as const,
  description,
  schema: { type },
})
const listParameters = [
  listParameter('pagination[page]', 'integer', 'The page, from 1.'),
  listParameter('pagination[limit]', 'integer', 'Items on a page: 20, at most 100.'),
  listParameter('sort[column]', 'string', 'The field to sort by.'),
  listParameter('sort[direction]', 'string', 'asc or desc.'),
  listParameter('search', 'string', 'Only items that hold this text.'),
]

const copyParameter = listParameter('source', 'string', 'Which of several, such as ldap-2; the first one that is on when absent.')

function parametersOf({ list, ofCopies }: RouteDescription) {
  const parameters = [...(list ? listParameters : []), ...(ofCopies ? [copyParameter] : [])]
  return parameters.length === 0 ? {} : { parameters }
}

const answerWords: Readonly<Record<number, string>> = { 200: 'Done.', 201: 'Created.', 202: 'Accepted.', 204: 'Done; no body.' }

const binary = { type: 'string', format: 'binary' } as const
const uploadBody = {
  required: true,
  content: { 'multipart/form-data': { schema: { type: 'object' as const, required: ['file'], properties: { file: binary } } } },
}

function contentOf(answer: RouteDescription['answers'][number]) {
  if (answer === null || answer === undefined) return {}
  if (typeof answer === 'string')
    return { content: { [answer]: { schema: answer.startsWith('text/') ? { type: 'string' as const } : binary } } }
  return { content: { 'application/json': { schema: resolver(answer) } } }
}

/** Describes a route for the OpenAPI document. Put it first in the route's chain. */
export function describe(route: RouteDescription): MiddlewareHandler {
  const answers = Object.entries(route.answers).map(([status, schema]) => {
    const description = answerWords[Number(status)] ?? 'Done.'
    return [status, { description, ...contentOf(schema) }]
  })
  const refusals = route.refusals?.length ? ` Codes: ${route.refusals.join(', ')}.` : ''
  return describeRoute({
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...parametersOf(route),
    ...(route.upload ? { requestBody: uploadBody } : {}),
    responses: {
      ...Object.fromEntries(answers),
      default: { description: `Refused.${refusals}`, content: { 'application/json': { schema: resolver(ErrorBody) } } },
    },
  })
}

/**
 * Validates one part of a request; the handler reads the result with `c.req.valid(target)`.
 *
 * @throws AppError validation_failed naming each field, invalid_request_body for JSON that is none
 */
export function valid<Target extends keyof ValidationTargets, S extends v.GenericSchema>(target: Target, schema: S) {
  return validator<S, Target, Env, string>(target, target === 'json' ? inAnyCase(schema) : schema, (result, c) => {
    if (target === 'json') refuseOtherTypes(c.req.header('content-type'))
    if (!result.success) throw invalidFields(faults(result.error))
  })
}

/** The same schema for whoever reads it, which looks at names without regard to their case. */
function inAnyCase<S extends v.GenericSchema>(schema: S): S {
  const standard = schema['~standard']
  return { ...schema, '~standard': { ...standard, validate: (value: unknown) => standard.validate(namedAs(schema, value)) } }
}

/** A body of another type would count as an empty object, and a change of nothing as done. */
function refuseOtherTypes(contentType: string | undefined): void {
  if (contentType === undefined || /^application\/([\w.-]+\+)?json\b/i.test(contentType)) return
  const message = `The request body must be JSON, with the content type application/json; this one is ${contentType}.`
  throw commonErrors.refuse('invalid_request_body', { message })
}

/** Parses a value with a schema, refusing like `valid` does; for bodies a route reads itself. */
export function parse<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, namedAs(schema, value), { abortPipeEarly: true })
  if (!result.success) throw invalidFields(faults(result.issues))
  return result.output
}

type Issue = { readonly message: string; readonly path?: readonly unknown[] | undefined }

/** One fault a field, the first: what comes after it usually follows from it. */
function faults(issues: readonly Issue[]): readonly FieldFault[] {
  const all = issues.map(fault)
  return all.filter((one, index) => all.findIndex(({ field }) => field === one.field) === index)
}

function fault(issue: Issue): FieldFault {
  const path = issue.path?.map((step) =>
    typeof step === 'object' && step !== null && 'key' in step ? String(step.key) : String(step),
  )
  return { field: path?.join('.') || 'body', code: 'invalid', message: sentence(issue.message) }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  Object: 'an object',
  Array: 'a list',
}

/** Valibot's own words, where a schema has none, as a sentence; what was received stays out, since it may be a secret. */
function sentence(message: string): string {
  const [, expected, received] = /^Invalid \w+: Expected (.+) but received (.+)$/s.exec(message) ?? []
  if (expected === undefined) return message
  return received === 'undefined' ? 'Is missing.' : `Must be ${kinds[expected] ?? expected.replace(/^\((.+)\)$/, '$1')}.`
}

/** The OpenAPI 3.1 document of everything an app answers. */
export async function openApiDocument(
  app: Hono<never>,
  info: { readonly version: string; readonly server: string },
  c?: Context,
) {
  const documentation = {
    openapi: '3.1.0',
    info: { title: 'Pocket ID Edge', version: info.version, description: 'REST interface; compatible with Pocket ID.' },
    servers: [{ url: info.server }],
    components: {
      securitySchemes: {
        session: { type: 'apiKey' as const, in: 'cookie' as const, name: 'access_token' },
        apiKey: { type: 'apiKey' as const, in: 'header' as const, name: 'X-API-KEY' },
      },
    },
  }
  const options = { documentation, defaultValidationErrorResponse: false }
  return generateSpecs(app as unknown as Hono, options, c as never)
}
