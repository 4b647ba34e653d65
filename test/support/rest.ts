// Talking REST with an instance: bodies go and come as JSON, and each answer is held against the OpenAPI document.
import { expect } from 'vitest'
import { answerFaults, type OpenApi } from './conformance.ts'
import { type Ask, type Instance, startInstance } from './instance.ts'

/** An answer, read. `T` is what the test expects of its body; the document has checked its shape. */
export interface Answer<T> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

/** The wire form of a refusal, as far as tests look at it. */
export interface Refusal {
  readonly error: string
  readonly code: string
  readonly request_id: string
  readonly details?: {
    readonly fields?: readonly { readonly field: string; readonly code: string }[]
    readonly property?: string
  }
}

export interface Rest {
  readonly instance: Instance
  readonly document: OpenApi
  /** Asks as the administrator. A body other than a string goes as JSON. */
  ask<T = Refusal>(method: string, path: string, body?: unknown, headers?: Ask['headers']): Promise<Answer<T>>
  /** Asks as nobody, or as whoever the headers name. */
  askAs<T = Refusal>(headers: Ask['headers'], method: string, path: string, body?: unknown): Promise<Answer<T>>
  stop(): Promise<void>
}

/** Starts an instance and speaks REST with it. */
export async function startRest(...how: Parameters<typeof startInstance>): Promise<Rest> {
  const instance = await startInstance(...how)
  const document = (await (await instance.fetch('/api/openapi.json')).json()) as OpenApi
  const send = async <T>(ask: Instance['fetch'], method: string, path: string, body: unknown, headers: Ask['headers']) => {
    const json = { 'content-type': 'application/json', ...headers }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await ask(path, { method, headers: json, ...(body === undefined ? {} : { body: text }) })
    return read<T>(document, method, path, response)
  }
  return {
    instance,
    document,
    ask: (method, path, body, headers) => send(instance.asAdmin, method, path, body, headers),
    askAs: (headers, method, path, body) => send(instance.fetch, method, path, body, headers),
    stop: instance.stop,
  }
}

async function read<T>(document: OpenApi, method: string, path: string, response: Response): Promise<Answer<T>> {
  const text = await response.text()
  const body: unknown = text === '' ? undefined : JSON.parse(text)
  expect(answerFaults(document, method, path, response.status, body)).toEqual([])
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  if (response.status >= 400) expect((body as Refusal).request_id).toBe(response.headers.get('x-request-id'))
  return { status: response.status, headers: response.headers, body: body as T }
}
