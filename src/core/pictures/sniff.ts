// Pure: what kind of picture some bytes are and how large it is, read from its header, before anything decodes it.

export type PictureKind = 'jpeg' | 'png' | 'webp'

export interface Sniffed {
  readonly kind: PictureKind
  readonly width: number
  readonly height: number
}

/** What the first bytes say; undefined for everything that is not one of the three. A file's name and declared type do not count. */
export function sniff(bytes: Uint8Array): Sniffed | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = png(view) ?? webp(view) ?? jpeg(view)
  return size && size.width > 0 && size.height > 0 ? size : undefined
}

const text = (view: DataView, at: number, word: string): boolean =>
  view.byteLength >= at + word.length && [...word].every((letter, index) => view.getUint8(at + index) === letter.charCodeAt(0))

/** PNG (W3C PNG 3rd edition, section 11.2.1): the signature, then IHDR with width and height. */
function png(view: DataView): Sniffed | undefined {
  if (!text(view, 0, '\u0089PNG\r\n\u001a\n') || !text(view, 12, 'IHDR') || view.byteLength < 24) return undefined
  return { kind: 'png', width: view.getUint32(16), height: view.getUint32(20) }
}

/** WebP (RFC 9649 section 2.5 on): a RIFF file whose first chunk is lossy, lossless or extended. */
function webp(view: DataView): Sniffed | undefined {
  if (!text(view, 0, 'RIFF') || !text(view, 8, 'WEBP') || view.byteLength < 30) return undefined
  const kind = 'webp'
  if (text(view, 12, 'VP8 ')) return { kind, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  if (text(view, 12, 'VP8L')) {
    const bits = view.getUint32(21, true)
    return { kind, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  const three = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536
  return text(view, 12, 'VP8X') ? { kind, width: three(24) + 1, height: three(27) + 1 } : undefined
}

/** JPEG (ITU-T T.81, annex B): segments until the frame header, which is SOF0 to SOF15 but for DHT, JPG and DAC. */
function jpeg(view: DataView): Sniffed | undefined {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8 || view.getUint8(2) !== 0xff) return undefined
  let at = 2
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) at += 1
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { kind: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    } else at += 2 + view.getUint16(at + 2)
  }
  return undefined
}
