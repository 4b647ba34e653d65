// Pictures for tests, each 120 × 60 with a red left half and a blue right half unless its name says more, and a look at what became of them.
import { readFile } from 'node:fs/promises'
import decodeJpeg, { init as initJpeg } from '@jsquash/jpeg/decode.js'
import decodePng, { init as initPng } from '@jsquash/png/decode.js'
import { sniff } from '#core/pictures/sniff.ts'

/** A file of test/support/pictures. */
export const pictureFile = async (name: string): Promise<Buffer<ArrayBuffer>> =>
  Buffer.from(await readFile(new URL(`./pictures/${name}`, import.meta.url)))

/** One pixel as words, so that a test can say what it expects to see. */
export type Colour = 'red' | 'blue' | 'grey' | 'clear' | 'other'

/** Decodes a picture that we made. `at` takes shares of width and height. */
export async function look(bytes: Uint8Array) {
  const found = sniff(bytes)
  if (found?.kind !== 'jpeg' && found?.kind !== 'png') throw new Error('This is neither a JPEG nor a PNG picture.')
  const { width, height, data } = await decode(found.kind, Uint8Array.from(bytes).buffer)
  const at = (x: number, y: number): Colour => {
    const pixel = (Math.min(height - 1, Math.floor(y * height)) * width + Math.min(width - 1, Math.floor(x * width))) * 4
    return named(data[pixel] ?? 0, data[pixel + 1] ?? 0, data[pixel + 2] ?? 0, data[pixel + 3] ?? 0)
  }
  return { kind: found.kind, width, height, at }
}

/** A PNG as pixels. */
export const pixelsOf = async (png: Uint8Array) => decode('png', Uint8Array.from(png).buffer)

async function decode(kind: 'jpeg' | 'png', bytes: ArrayBuffer) {
  const wasm = async (url: string) => WebAssembly.compile(await readFile(new URL(url)))
  if (kind === 'jpeg') {
    await initJpeg(await wasm(import.meta.resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm')))
    return decodeJpeg(bytes)
  }
  await initPng(await wasm(import.meta.resolve('@jsquash/png/codec/pkg/squoosh_png_bg.wasm')))
  return decodePng(bytes)
}

function named(red: number, green: number, blue: number, alpha: number): Colour {
  if (alpha < 30) return 'clear'
  if (Math.abs(red - blue) < 12 && Math.abs(red - green) < 12) return 'grey'
  if (red > 150 && blue < 100) return 'red'
  return blue > 150 && red < 100 ? 'blue' : 'other'
}
