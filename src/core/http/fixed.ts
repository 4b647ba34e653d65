// Answers that stay the same while the app runs: found by their path, before anything else of a request is looked at.
import { newId } from '../crypto.ts'
import { type Headers, headed } from './letterhead.ts'

/** What everybody is answered who asks for a path by GET. */
export interface FixedAnswer {
  readonly path: string
  readonly body: string
  readonly headers: Headers
}

/** A function that answers such a request, and leaves every other one to the app. */
export function fixedAnswers(head: Headers, answers: readonly FixedAnswer[]): (request: Request) => Response | undefined {
  const byPath = new Map(answers.map((answer) => [answer.path, { ...answer, headers: { ...head, ...answer.headers } }]))
  return (request) => {
    const found = request.method === 'GET' ? byPath.get(pathOf(request.url)) : undefined
    return found && new Response(found.body, { headers: headed(found.headers, newId(), {}) })
  }
}

/** With its query, which a fixed answer has no use for: such a request goes the long way. */
const pathOf = (url: string): string => url.slice(url.indexOf('/', url.indexOf('//') + 2))
