// Pure: the parameters of a request, each once (RFC 6749 section 3.1).

/** Parameters by name. Several `resource` values (RFC 8707) stand in one text, separated by spaces, which a URI has none of. */
export type Parameters = Readonly<Record<string, string>>

export type ReadParameters =
  | { readonly kind: 'read'; readonly parameters: Parameters }
  | { readonly kind: 'refused'; readonly why: string }

/** More than any honest request; a request object with a key set inside still fits. */
const maxCharacters = 64 * 1024

/**
 * Reads a query or a form. A parameter without a value counts as left out; one that comes twice makes the request ambiguous, and
 * whoever reads the first and whoever reads the last would be asked different things.
 */
export function readParameters(sent: URLSearchParams): ReadParameters {
  const parameters = new Map<string, string>()
  let size = 0
  for (const [name, value] of sent) {
    size += name.length + value.length
    if (size > maxCharacters) return { kind: 'refused', why: 'The request is too large.' }
    // SQLite reads a text up to its first NUL, so what comes out would not be what went in.
    if (name.includes('\0') || value.includes('\0')) return { kind: 'refused', why: 'The request holds the character NUL.' }
    if (value === '') continue
    const held = parameters.get(name)
    if (held !== undefined && name !== 'resource') return { kind: 'refused', why: `The parameter ${printable(name)} came twice.` }
    parameters.set(name, held === undefined ? value : `${held} ${value}`)
  }
  return { kind: 'read', parameters: Object.fromEntries(parameters) }
}

/** Words of a space-separated parameter, each once. */
export const words = (value: string | undefined): readonly string[] => [
  ...new Set((value ?? '').split(' ').filter((word) => word !== '')),
]

/** A name as it may stand in an error_description (RFC 6749 section 5.2: printable ASCII without quotes and backslash). */
const printable = (name: string): string => name.replace(/[^\w.-]/g, '?').slice(0, 40)
