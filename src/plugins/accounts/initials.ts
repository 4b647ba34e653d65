// The picture of somebody who has none: initials on a quiet colour, as PNG, because apps that fetch it know no SVG.
import { crc32, deflateSync } from 'node:zlib'
import { sha256 } from '#core/crypto.ts'
import { coverage, edgesOf, widthOf } from './coverage.ts'

export interface DrawnPicture {
  readonly bytes: Uint8Array
  readonly type: 'image/png'
  /** An ETag that is known before anything is drawn. */
  readonly digest: string
  readonly width: number
}

type Colour = readonly [red: number, green: number, blue: number]

const side = 300
const white: Colour = [255, 255, 255]
/** Dark enough for white letters (4.5 to 1 and more). */
const grounds: readonly Colour[] = [
  [79, 70, 186],
  [36, 99, 165],
  [16, 110, 108],
  [44, 109, 60],
  [120, 92, 22],
  [163, 74, 26],
  [168, 54, 79],
  [133, 60, 148],
]

/** The first letters of the first and the last word, without their accents; empty for scripts that have no outline here. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => /^[\p{L}\p{N}]/u.test(word))
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  const letters = ends.map((word) => [...(word ?? '').toUpperCase().normalize('NFD')][0] ?? '').join('')
  return widthOf(letters) ? letters : ''
}

/** @param key what the colour follows from: the same person keeps it through a change of name */
export function drawInitials(name: string, key: string): DrawnPicture {
  const letters = initialsOf(name)
  const ground =
    grounds[
      Number.parseInt(
        sha256(key)
          .replace(/[^0-9]/g, '')
          .slice(0, 6) || '0',
        10,
      ) % grounds.length
    ] ?? white
  const digest = sha256(`initials 1 ${letters} ${ground}`).slice(0, 22)
  return { type: 'image/png', digest, width: side, bytes: png(letters === '' ? figure() : lettersShape(letters), ground) }
}

function lettersShape(letters: string): Float32Array {
  const width = widthOf(letters) ?? 1
  const scale = Math.min(1.15, 190 / width)
  return coverage(edgesOf(letters, { scale, left: (side - width * scale) / 2, base: side / 2 + 50 * scale }), side)
}

/** A head above shoulders. */
function figure(): Float32Array {
  const inside = (x: number, y: number) => Math.hypot(x - 150, y - 122) < 46 || ((x - 150) / 92) ** 2 + ((y - 262) / 78) ** 2 < 1
  const soft = [0.25, 0.75]
  return Float32Array.from({ length: side * side }, (_, at) => {
    const hits = soft.flatMap((dx) => soft.filter((dy) => inside((at % side) + dx, Math.floor(at / side) + dy)))
    return hits.length / 4
  })
}

const shades = 32

/** A PNG with a palette (W3C PNG 3rd edition, colour type 3): shades from the ground to white. */
function png(covered: Float32Array, ground: Colour): Uint8Array {
  const palette = Array.from({ length: shades }, (_, shade) =>
    ground.map((part, at) => Math.round(part + (((white[at] ?? 0) - part) * shade) / (shades - 1))),
  )
  const rows = Buffer.alloc((side + 1) * side)
  covered.forEach((share, at) => {
    const row = Math.floor(at / side)
    rows[row * (side + 1) + 1 + (at % side)] = Math.round(Math.min(1, share) * (shades - 1))
  })
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0])
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  const signature = Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1')
  const parts = [chunk('IHDR', header), chunk('PLTE', Buffer.from(palette.flat())), chunk('IDAT', deflateSync(rows))]
  return Buffer.concat([signature, ...parts, chunk('IEND', Buffer.alloc(0))])
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}
