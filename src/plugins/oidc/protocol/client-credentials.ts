// Pure: how apps write their credentials (RFC 6749 section 2.3.1, RFC 7617, RFC 7523 section 2.2).

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** An id and a secret as they may have been meant. */
export interface BasicCredentials {
  readonly ids: readonly string[]
  readonly secrets: readonly string[]
}

const maxLength = 8_192

/**
 * Reads the credentials of the Basic scheme. RFC 6749 wants both parts form-encoded before they are joined; many apps do not do that,
 * so each part is understood both ways. Undefined for what is no such thing.
 */
export function basicCredentials(encoded: string): BasicCredentials | undefined {
  if (encoded.length > maxLength || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined
  const text = fromBase64(encoded)
  const at = text?.indexOf(':') ?? -1
  if (text === undefined || at < 1) return undefined
  return { ids: readings(text.slice(0, at)), secrets: readings(text.slice(at + 1)) }
}

function readings(part: string): readonly string[] {
  if (!/[%+]/.test(part)) return [part]
  const decoded = formDecoded(part)
  return decoded === undefined || decoded === part ? [part] : [decoded, part]
}

function formDecoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part.replace(/\+/g, ' '))
  } catch {
    // A lone % is no encoding: the part was written as it is.
    return undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function fromBase64(encoded: string): string | undefined {
  try {
    return utf8.decode(Uint8Array.fromBase64(encoded))
  } catch {
    // Neither base64 nor UTF-8.
    return undefined
  }
}
