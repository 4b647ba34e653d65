// The path of a request, as routes see it.
import { getPath } from 'hono/utils/url'

/**
 * An app that describes itself has an address as its id, and proxies take the slashes of one apart, also when they are encoded. So
 * clients of Pocket ID send it in base64url behind a tilde, which no other id begins with.
 */
export function pathOf(request: Request): string {
  const path = getPath(request)
  if (!path.includes('/~')) return path
  return path.replace(/(?<=\/)~([\w-]+)(?=\/|$)/g, (_, text: string) =>
    encodeURIComponent(Buffer.from(text, 'base64url').toString('utf8')),
  )
}
