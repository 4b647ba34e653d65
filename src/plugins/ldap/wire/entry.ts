// Pure: one entry of the directory. Attribute names are looked up without regard to case; options (`cn;lang-ja`) are kept apart.

/** A value as text, or as bytes where bytes were asked for. */
export type AttributeValue = string | Uint8Array

/** The values of an attribute. Of very many each is made when its turn comes, so that not all of them are there at once. */
export interface Values extends Iterable<AttributeValue> {
  readonly length: number
  readonly 0?: AttributeValue | undefined
}

/** A distinguished name and its attributes, by lower-case name. The DN is apart, so an attribute called `dn` cannot forge it. */
export interface Entry {
  readonly dn: string
  readonly attributes: ReadonlyMap<string, Values>
}

const none: Values = []
const decoder = new TextDecoder('utf-8')
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** All values of an attribute; an absent one has none. */
export const values = (entry: Entry, name: string): Values => entry.attributes.get(name.toLowerCase()) ?? none

/** Those values of an attribute that are text. */
export const textsOf = (entry: Entry, name: string): readonly string[] =>
  [...values(entry, name)].filter((value): value is string => typeof value === 'string')

/** The first value as clean text (NFC, trimmed); empty when there is none. An empty attribute name means "not configured". */
export function firstText(entry: Entry, name: string): string {
  const value = name === '' ? undefined : values(entry, name)[0]
  return value === undefined ? '' : clean(value)
}

/** Every value as clean text, each once; a directory keeps them as a set and may send them in any order. */
export function allTexts(entry: Entry, name: string): readonly string[] {
  const held = name === '' ? none : values(entry, name)
  if (held.length < 2) return held[0] === undefined ? [] : [clean(held[0])].filter((text) => text !== '')
  return [...new Set([...held].map(clean).filter((text) => text !== ''))]
}

function clean(value: AttributeValue): string {
  const text = (typeof value === 'string' ? value : decoder.decode(value)).normalize('NFC').trim()
  // SQLite reads texts as far as the first NUL: two that are not the same would come out as one.
  return isPrinted(text) ? text : text.replace(/\p{Cc}+/gu, ' ').trim()
}

const isPrinted = (text: string): boolean => !/\p{Cc}/u.test(text)

/**
 * The unique id of an entry in the form Pocket ID stores it, so that an imported database keeps its accounts.
 *
 * Valid UTF-8 stays text; otherwise 16 bytes are written as a UUID in wire order (not in Microsoft's mixed-endian order), and
 * anything else as base64. Decided on raw bytes, because a decoded string has already lost the difference.
 */
export function identifier(entry: Entry, name: string): string {
  const value = values(entry, name)[0]
  if (value === undefined || typeof value === 'string') return value ?? ''
  // Nor would the database give back what is behind a NUL.
  if (value.includes(0)) return written(value)
  try {
    return strictDecoder.decode(value)
  } catch {
    // Not text: that is the question asked here.
    return written(value)
  }
}

const written = (value: Uint8Array): string => (value.length === 16 ? uuid(value) : btoa(String.fromCharCode(...value)))

function uuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
