// Pure: what a picture attribute holds: the bytes, the bytes in base64, or the address of a picture.

export type PictureValue =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'address'; readonly url: string }

const base64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/
const dataUrl = /^data:[^,;]*;base64,/i
/** Longer than any address or, far below, than a picture in base64 that would still be taken. */
const longestText = 12 * 1024 * 1024

/** Bytes that are text by their first letters are read as text; everything else is a picture, or what claims to be one. */
export function pictureValue(value: Uint8Array): PictureValue {
  if (value.length === 0 || value.length > longestText || !isText(value)) return { kind: 'bytes', bytes: value }
  const text = Buffer.from(value).toString('latin1').trim()
  if (/^https?:\/\//i.test(text)) return { kind: 'address', url: text }
  const encoded = text.replace(dataUrl, '')
  return { kind: 'bytes', bytes: base64.test(encoded) ? Buffer.from(encoded, 'base64') : value }
}

/** Every picture has a byte that no text has among its first ones: JPEG and PNG begin with one, WebP has zeros in its size. */
const isText = (value: Uint8Array): boolean =>
  value.subarray(0, 64).every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d)

/** Whether an address may be fetched: its host stands in the list by name. A port of its own has to be listed with it. */
export function isAllowedHost(url: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(url)) return false
  const { host, hostname, port, username, password } = new URL(url)
  const allowed = hosts.map((one) => one.toLowerCase())
  return username === '' && password === '' && (port === '' ? allowed.includes(hostname) : allowed.includes(host))
}
