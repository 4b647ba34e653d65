// Pure: where an address of LDAP_URL leads. Only http: has the rules for names beyond ASCII (RFC 5891), so a host is read as one of those.

export interface Address {
  readonly secure: boolean
  /** As name servers know it (xn--...), without the brackets of IPv6. */
  readonly host: string
  /** As it was written: for sentences. */
  readonly shown: string
  readonly port: number
}

/** @returns undefined where it leads nowhere */
export function readAddress(text: string): Address | undefined {
  const [, scheme, rest] = /^(ldaps?):\/\/(.*)$/i.exec(text) ?? []
  const url = scheme === undefined ? undefined : URL.parse(text)
  const named = URL.parse(`http://${rest}`)
  if (!url || !named || named.hostname === '' || url.port === '0') return undefined
  const secure = scheme?.toLowerCase() === 'ldaps'
  const host = named.hostname.replace(/^\[|\]$/g, '')
  return { secure, host, shown: decodeURIComponent(url.hostname), port: Number(url.port) || (secure ? 636 : 389) }
}

/** What keeps anybody from getting where it leads; undefined where nothing does, or where it is no address at all. */
export function addressFault(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url) return undefined
  if (url.hostname === '') return 'Must name a host, such as ldap://ldap.example.org.'
  if (url.port === '0') return 'Must name a port that somebody can listen on, from 1 to 65535; 389 and 636 need no naming.'
  return readAddress(text) ? undefined : 'Must name a host that a name server can know, such as ldap://ldap.example.org.'
}

/** Of an address that the settings let pass. */
export function addressOf(text: string): Address {
  const address = readAddress(text)
  if (!address) throw new TypeError('An address that was checked leads nowhere.')
  return address
}
