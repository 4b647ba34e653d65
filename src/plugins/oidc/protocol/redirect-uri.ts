// Pure: whether an address may receive codes (RFC 6749 section 3.1.2, RFC 9700 section 4.1): exact first, then wildcards as Pocket ID has them.

/** Schemes whose addresses are content themselves: a code sent there would run as a script or read a file. */
const activeSchemes = new Set(['javascript', 'data', 'vbscript', 'file', 'blob', 'about', 'filesystem', 'view-source'])
const maxLength = 2_048

/** An address or a pattern, cut at its delimiters and not decoded. */
interface Parts {
  readonly scheme: string
  readonly userinfo: string
  readonly host: string
  readonly port: string
  readonly path: string
  readonly query: string
}

/** RFC 3986 appendix B for addresses with an authority; `*` may stand anywhere. A fragment is cut off. */
const shape =
  /^(?<scheme>[^:/?#@]+):\/\/(?:(?<userinfo>[^@/?#]*)@)?(?<host>\[[^\]/?#@]*\]|[^:/?#@[\]]*)(?::(?<port>[^/?#@:]+))?(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?(?:#.*)?$/

/**
 * What is wrong with an address as such, whoever asks for it; undefined when nothing is.
 *
 * @param allowInsecure whether plain http is fine beyond this machine (ALLOW_INSECURE_CALLBACK_URLS)
 */
export function redirectUriFault(requested: string, allowInsecure: boolean): string | undefined {
  if (requested.length > maxLength) return `is longer than ${maxLength} characters`
  if (/[\s\p{Cc}\\]/u.test(requested)) return 'holds white space, control characters or a backslash'
  if (!URL.canParse(requested)) return 'is not an absolute address'
  if (requested.includes('#')) return 'holds a fragment (#)'
  const url = new URL(requested)
  if (activeSchemes.has(url.protocol.slice(0, -1))) return `begins with ${url.protocol}, which may run as a script`
  if (url.protocol === 'http:' && !allowInsecure && !isLoopback(url.hostname))
    return 'begins with http://; https:// is required here'
  return undefined
}

/** What is wrong with an address or pattern that an administrator registers; undefined when nothing is. */
export function callbackPatternFault(pattern: string, allowInsecure: boolean): string | undefined {
  if (pattern === '*') return undefined
  if (!pattern.includes('*')) return redirectUriFault(pattern.replace(/#.*$/s, ''), allowInsecure)
  if (pattern.length > maxLength) return `is longer than ${maxLength} characters`
  if (/[\s\p{Cc}\\]/u.test(pattern)) return 'holds white space, control characters or a backslash'
  const parts = cut(pattern)
  if (!parts?.host) return 'must begin with a scheme and a host, such as https://app.example.org/'
  if (activeSchemes.has(parts.scheme.toLowerCase())) return `begins with ${parts.scheme}:, which may run as a script`
  if (!/^[a-z*][a-z0-9+.*-]*$/i.test(parts.scheme)) return 'must begin with a scheme such as https'
  if (!/^[\d*]*$/.test(parts.port)) return 'has a port that is neither a number nor a wildcard'
  return undefined
}

/**
 * Whether one of the registered addresses or patterns admits the requested one.
 *
 * Equal text always matches. After that scheme, host and port are compared in their canonical form, the path as it is written. In
 * scheme, user name, host and port `*` stands for any characters of that part, in the path for one segment or a piece of one (`**`
 * for several), in a query value for any characters but a slash. A fragment of the pattern does not count. A loopback address over
 * http may name any port when the pattern names none (RFC 8252 section 7.3).
 */
export function matchesRedirect(requested: string, allowed: readonly string[]): boolean {
  if (redirectUriFault(requested, true)) return false
  if (allowed.includes(requested)) return true
  const wanted = canonical(requested)
  if (!wanted) return allowed.includes('*')
  const anyPort = wanted.scheme === 'http' && isLoopback(wanted.host) ? { ...wanted, port: '' } : undefined
  return allowed.some((pattern) => admits(pattern, wanted) || (anyPort !== undefined && admits(pattern, anyPort)))
}

function admits(pattern: string, wanted: Parts): boolean {
  if (pattern === '*') return true
  const parts = cut(pattern)
  if (!parts) return false
  const scheme = parts.scheme.toLowerCase()
  const port = parts.port === defaultPorts[scheme] ? '' : parts.port
  return (
    matches(scheme, wanted.scheme, anything) &&
    matches(parts.userinfo, wanted.userinfo, anything) &&
    matches(parts.host.toLowerCase(), wanted.host, anything) &&
    matches(port, wanted.port, anything) &&
    matches(parts.path || '/', wanted.path || '/', segments) &&
    !(parts.path.includes('*') && hidesDelimiters(wanted.path)) &&
    matchesQuery(parts.query, wanted.query)
  )
}

/** A server behind the wildcard may decode these to `/`, `\`, `.` or the end of a text, and find itself in another folder. */
const hidesDelimiters = (path: string): boolean => /%(2f|5c|2e|25|[01][0-9a-f]|7f)/i.test(path)

/** The parts of a requested address, if it is written the way a browser will read it; undefined when it is in disguise. */
function canonical(requested: string): Parts | undefined {
  const parts = cut(requested)
  if (!parts) return undefined
  const url = new URL(requested)
  const scheme = parts.scheme.toLowerCase()
  const host = parts.host.toLowerCase()
  if (url.protocol !== `${scheme}:` || url.hostname !== host || url.hash !== '') return undefined
  if (url.pathname !== parts.path && !(parts.path === '' && url.pathname === '/')) return undefined
  if (parts.port !== url.port && parts.port !== defaultPorts[scheme]) return undefined
  return { ...parts, scheme, host, port: url.port }
}

function cut(text: string): Parts | undefined {
  const groups = shape.exec(text)?.groups
  if (!groups) return undefined
  const { scheme = '', userinfo = '', host = '', port = '', path = '', query = '' } = groups
  return { scheme, userinfo, host, port, path, query }
}

const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' }

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

/** Every name as often as in the pattern, values in their order; names may come in any order. */
function matchesQuery(pattern: string, query: string): boolean {
  const [allowed, given] = [grouped(pattern), grouped(query)]
  if (allowed.size !== given.size) return false
  return [...allowed].every(([name, values]) => {
    const others = given.get(name)
    return others?.length === values.length && values.every((value, index) => matches(value, others[index] ?? '', pieces))
  })
}

function grouped(query: string): Map<string, string[]> {
  const all = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(query)) all.set(name, [...(all.get(name) ?? []), value])
  return all
}

/** What `*` and `**` stand for in a part: which characters, and whether there must be one. */
interface Wildcards {
  readonly one: { readonly spans: (character: string) => boolean; readonly least: 0 | 1 }
  readonly two?: { readonly spans: (character: string) => boolean; readonly least: 0 | 1 }
}
const everything = { spans: () => true, least: 0 } as const
const notSlash = (character: string) => character !== '/'
const anything: Wildcards = { one: everything }
const segments: Wildcards = { one: { spans: notSlash, least: 1 }, two: everything }
const pieces: Wildcards = { one: { spans: notSlash, least: 0 } }

/**
 * Whether a text matches a pattern with wildcards. Walks the text once and keeps every place in the pattern it may have come to,
 * so no address makes it slow, as a regular expression with several wildcards would be.
 */
function matches(pattern: string, text: string, wildcards: Wildcards): boolean {
  const steps = stepsOf(pattern, wildcards)
  let places = reachable(new Set([0]), steps)
  for (const character of text) {
    const next = new Set<number>()
    for (const place of places) {
      const step = steps[place]
      if (step === character) next.add(place + 1)
      else if (typeof step === 'object' && step.spans(character)) next.add(place).add(place + 1)
    }
    places = reachable(next, steps)
  }
  return places.has(steps.length)
}

type Step = string | Wildcards['one']

function stepsOf(pattern: string, { one, two = one }: Wildcards): readonly Step[] {
  const pieces = two === one ? [...pattern] : (pattern.match(/\*\*|./gsu) ?? [])
  return pieces.map((piece) => (piece === '**' ? two : piece === '*' ? one : piece))
}

/** A wildcard that needs no character may be passed by. */
function reachable(places: Set<number>, steps: readonly Step[]): Set<number> {
  for (const place of places) {
    const step = steps[place]
    if (typeof step === 'object' && step.least === 0) places.add(place + 1)
  }
  return places
}
