// Pure: the form of an address that is an app's id (OAuth Client ID Metadata Document section 3).

/** What is wrong with it; undefined for an id that may be one. It is compared as text, so there is one way to write it. */
export function documentAddressFault(id: string): string | undefined {
  if (!id.startsWith('https://') || !URL.canParse(id)) return 'must begin with https://'
  const url = new URL(id)
  if (url.href !== id) return 'must be written in its normal form'
  if (url.pathname === '/') return 'must have a path'
  if (url.username || url.password || url.hash) return 'must hold no user name and no fragment'
  return undefined
}
