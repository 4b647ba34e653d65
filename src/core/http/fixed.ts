// Answers that stay the same while the app runs: found by their path, before anything else of a request is looked at.
import { newId } from '../crypto.ts'
import { type Headers, headed, idHeader } from './letterhead.ts'

/** What everybody is answered who asks for a path by GET. */
export interface FixedAnswer {
  readonly path: string
  readonly body: string
  readonly headers: Headers
}

/** A fixed answer as it is sent: 200, with every header it has. */
export interface ReadyAnswer {
  /** Name, value, name, value: Node writes them as they stand. */
  readonly headers: string[]
  readonly body: string
}

/**
 * Finds the fixed answer to a GET of a path. One with a query, which a fixed answer has no use for, is left to the app as every other
 * request is.
 */
export function fixedAnswers(head: Headers, answers: readonly FixedAnswer[]): (path: string) => ReadyAnswer | undefined {
  const byPath = new Map(
    answers.map(({ path, body, headers }) => {
      const all = { ...headed(head, '', headers), 'content-length': String(Buffer.byteLength(body)) }
      const flat = Object.entries(all).flat()
      return [path, { body, headers: flat, idAt: flat.indexOf(idHeader) + 1 }]
    }),
  )
  return (path) => {
    const found = byPath.get(path)
    if (!found) return undefined
    const headers = found.headers.slice()
    headers[found.idAt] = newId()
    return { body: found.body, headers }
  }
}
