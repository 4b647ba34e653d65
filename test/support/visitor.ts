// A browser without pages: keeps cookies between requests to one instance.
import type { Ask, Instance } from './instance.ts'

export interface Visitor {
  readonly cookies: Map<string, string>
  ask(path: string, ask?: Ask): Promise<Response>
  get(path: string): Promise<Response>
  post(path: string, body?: object): Promise<Response>
  /** The JSON of a GET that must succeed. */
  json<T>(path: string): Promise<T>
}

/** Somebody new: no cookies yet, or a copy of another visitor's. */
export function visit(instance: Pick<Instance, 'fetch'>, from: Iterable<readonly [string, string]> = []): Visitor {
  const cookies = new Map<string, string>(from)
  const ask = async (path: string, { headers = {}, ...rest }: Ask = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await instance.fetch(path, { ...rest, headers: cookie === '' ? headers : { cookie, ...headers } })
    for (const line of response.headers.getSetCookie()) keep(cookies, line)
    return response
  }
  return {
    cookies,
    ask,
    get: (path) => ask(path),
    post: (path, body) => ask(path, { method: 'POST', ...(body ? { body } : {}) }),
    async json<T>(path: string) {
      const response = await ask(path)
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
      return (await response.json()) as T
    },
  }
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split('; ')
  const at = pair.indexOf('=')
  const name = pair.slice(0, at)
  const gone = attributes.some((attribute) => attribute.toLowerCase() === 'max-age=0')
  if (gone) cookies.delete(name)
  else cookies.set(name, pair.slice(at + 1))
}
