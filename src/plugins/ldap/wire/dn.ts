// Pure: a key under which two spellings of one distinguished name are equal (RFC 4514, RFC 4518 in what directories really do).

/** Names of the common attribute types by their OID (RFC 4519), so that both spellings meet. */
const namesByOid: Readonly<Record<string, string>> = {
  '2.5.4.3': 'cn',
  '2.5.4.4': 'sn',
  '2.5.4.5': 'serialnumber',
  '2.5.4.6': 'c',
  '2.5.4.7': 'l',
  '2.5.4.8': 'st',
  '2.5.4.9': 'street',
  '2.5.4.10': 'o',
  '2.5.4.11': 'ou',
  '2.5.4.42': 'givenname',
  '0.9.2342.19200300.100.1.1': 'uid',
  '0.9.2342.19200300.100.1.3': 'mail',
  '0.9.2342.19200300.100.1.25': 'dc',
}

const synonyms: Readonly<Record<string, string>> = {
  commonname: 'cn',
  surname: 'sn',
  countryname: 'c',
  localityname: 'l',
  stateorprovincename: 'st',
  organizationname: 'o',
  organizationalunitname: 'ou',
  userid: 'uid',
  domaincomponent: 'dc',
}

// Nothing to unescape, no odd space, one value a component: nearly every DN a server sends. Then lower case is the key.
const plain = /^(?:[a-z][a-z0-9-]*=[!$-*\-./0-:?-@[\]-~]+(?: [!$-*\-./0-:?-@[\]-~]+)*(?:,(?!$)|$))+$/

/**
 * The comparison key of a DN, or undefined for text that is not one.
 *
 * Equal keys mean equal names: regardless of case, spaces around separators, runs of spaces, escapes, hex pairs, `#hex` values,
 * OIDs for the common types, and the order inside a multi-valued RDN.
 */
export function dnKey(dn: string): string | undefined {
  const lower = dn.toLowerCase()
  if (plain.test(lower) && !mayBeRenamed.test(lower)) return lower
  const components = split(dn, ',;')
  const keys = components.map((component) => {
    const parts = split(component, '+').map(pairKey)
    return parts.includes(undefined) ? undefined : [...parts].sort().join('+')
  })
  return keys.includes(undefined) ? undefined : keys.join(',')
}

/** Whether an attribute's value is the one the entry is named by: in `uid=ada+cn=Ada L,dc=x` that is `uid` with `ADA`. */
export function namesEntry(dn: string, attribute: string, value: string): boolean {
  const own = typed(attribute.toLowerCase(), value)
  return split(split(dn, ',;')[0] ?? '', '+').some((pair) => pairKey(pair) === own)
}

const mayBeRenamed =
  /(?:^|,)(?:commonname|surname|countryname|localityname|stateorprovincename|organizationname|organizationalunitname|userid|domaincomponent)=/

/** Cuts at unescaped, unquoted separators. */
function split(text: string, separators: string): readonly string[] {
  const parts: string[] = []
  let from = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '\\') at++
    else if (char === '"') quoted = !quoted
    else if (!quoted && separators.includes(char)) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, text.slice(from)]
}

function pairKey(pair: string): string | undefined {
  const equals = pair.indexOf('=')
  const type = pair
    .slice(0, equals)
    .trim()
    .toLowerCase()
    .replace(/^oid\./, '')
  if (equals < 1 || !/^([a-z][a-z0-9-]*|\d+(\.\d+)*)$/.test(type)) return undefined
  const value = readValue(pair.slice(equals + 1))
  return value === undefined ? undefined : typed(type, value)
}

const typed = (type: string, value: string): string => `${namesByOid[type] ?? synonyms[type] ?? type}=${written(fold(value))}`

/** The value behind its escapes (RFC 4514 section 2.4), its quotes (RFC 2253) or its BER in hex. */
function readValue(text: string): string | undefined {
  const start = text.replace(/^\s+/, '')
  if (start.startsWith('#')) return fromBerHex(start.trim().slice(1))
  const body = trimEnd(start)
  return unescaped(body.startsWith('"') && body.endsWith('"') && body.length > 1 ? body.slice(1, -1) : body)
}

/** Trailing spaces go, except one that a backslash keeps. */
function trimEnd(text: string): string {
  const bare = text.replace(/\s+$/, '')
  const backslashes = /\\*$/.exec(bare)?.[0].length ?? 0
  return backslashes % 2 === 1 && bare.length < text.length ? `${bare} ` : bare
}

function unescaped(text: string): string | undefined {
  if (!text.includes('\\')) return text
  if (/\\$/.test(text.replace(/\\\\/g, ''))) return undefined
  // Hex pairs spell UTF-8 bytes, so neighbouring pairs belong together.
  return text.replace(/((?:\\[0-9a-fA-F]{2})+)|\\([\s\S])/g, (_, hex: string | undefined, char: string) =>
    hex === undefined ? char : fromHex(hex.replaceAll('\\', '')),
  )
}

/** `#04024869` is an octet string or another string type in BER: tag, length, bytes. */
function fromBerHex(hex: string): string | undefined {
  if (!/^([0-9a-fA-F]{2})+$/.test(hex)) return undefined
  const length = Number.parseInt(hex.slice(2, 4), 16)
  const skip = length < 0x80 ? 4 : 4 + (length & 0x7f) * 2
  return fromHex(hex.slice(skip))
}

const decoder = new TextDecoder('utf-8')
const fromHex = (hex: string): string =>
  decoder.decode(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)))

/** caseIgnoreMatch: case and runs of spaces do not matter. */
const fold = (value: string): string => value.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()

/** One way to write each value, so that a comma inside a value is not a separator in the key. */
const written = (value: string): string => value.replace(/[\\,+;"=<>#]/g, (char) => `\\${char}`)
