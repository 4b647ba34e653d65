// Pure: what kind of picture some bytes are, by their beginning: what a sender calls them does not count.

export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/avif' | 'image/x-icon' | 'image/svg+xml'

/** The beginnings of pictures, bytes as characters. */
const kinds: readonly (readonly [ImageType, (start: string) => boolean])[] = [
  ['image/png', (start) => start.startsWith('\x89PNG\r\n\x1a\n')],
  ['image/jpeg', (start) => start.startsWith('\xff\xd8\xff')],
  ['image/gif', (start) => /^GIF8[79]a/.test(start)],
  ['image/webp', (start) => /^RIFF.{4}WEBP/s.test(start)],
  ['image/avif', (start) => /^.{4}ftyp(avif|avis)/s.test(start)],
  ['image/x-icon', (start) => start.startsWith('\0\0\x01\0')],
  ['image/svg+xml', isSvg],
]

/** Undefined for what is no picture that browsers show. */
export function imageType(bytes: Uint8Array): ImageType | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 1_024))
  return kinds.find(([, begins]) => begins(start))?.[0]
}

/** The first element is `svg`, whatever declarations and comments stand before it. */
function isSvg(start: string): boolean {
  const bare = start.replace(/<!--.*?-->/gs, '').replace(/<!DOCTYPE svg[^>[]*(\[[^\]]*\])?[^>]*>/gi, '')
  return /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>)?\s*<svg[\s>]/i.test(bare)
}
