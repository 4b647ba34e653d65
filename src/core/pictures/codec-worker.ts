// A thread of its own that decodes a picture and draws it anew: what is left is pixels, whatever the file held beside them.
import { readFile } from 'node:fs/promises'
import { parentPort } from 'node:worker_threads'
import decodeJpeg, { init as initJpegDecoder } from '@jsquash/jpeg/decode.js'
import encodeJpeg, { init as initJpegEncoder } from '@jsquash/jpeg/encode.js'
import decodePng, { init as initPngDecoder } from '@jsquash/png/decode.js'
import encodePng, { init as initPngEncoder } from '@jsquash/png/encode.js'
import decodeWebp, { init as initWebpDecoder } from '@jsquash/webp/decode.js'
import { isOpaque, type Pixels, squared, whole } from './pixels.ts'
import type { PictureKind } from './sniff.ts'

export interface Order {
  readonly id: number
  readonly kind: PictureKind
  readonly bytes: Uint8Array
  readonly shape: 'square' | 'whole'
  readonly side: number
  /** As PNG, which keeps the edges of a drawing sharp; else as JPEG where nothing is clear, which is smaller for photos. */
  readonly lossless: boolean
}

export interface Drawing {
  readonly type: 'image/jpeg' | 'image/png'
  readonly bytes: Uint8Array
}

export type Delivery = { readonly id: number } & (Drawing | { readonly fault: string })

const code = async (url: string) => WebAssembly.compile(await readFile(new URL(url)))
const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** A decoder's own words about bad bytes go to nobody: the fault that it throws says as much. */
const quietly =
  (init: (module?: WebAssembly.Module, options?: object) => Promise<void>, url: string): (() => Promise<void>) =>
  async () =>
    init(await code(url), { print: () => {}, printErr: () => {} })

// A format that nobody sends is never loaded.
const jpegDecoder = once(quietly(initJpegDecoder, import.meta.resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm')))
const jpegEncoder = once(quietly(initJpegEncoder, import.meta.resolve('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm')))
const webpDecoder = once(quietly(initWebpDecoder, import.meta.resolve('@jsquash/webp/codec/dec/webp_dec.wasm')))
const pngCodec = once(async () => {
  const module = await code(import.meta.resolve('@jsquash/png/codec/pkg/squoosh_png_bg.wasm'))
  await Promise.all([initPngDecoder(module), initPngEncoder(module)])
})

const decoders: Readonly<Record<PictureKind, (bytes: ArrayBuffer) => Promise<Pixels>>> = {
  async jpeg(bytes) {
    await jpegDecoder()
    // Phones store a picture as the sensor lay; the turn that makes it upright stands beside it (Exif, tag 0x0112).
    return decodeJpeg(bytes, { preserveOrientation: true })
  },
  async png(bytes) {
    await pngCodec()
    return decodePng(bytes)
  },
  async webp(bytes) {
    await webpDecoder()
    return decodeWebp(bytes)
  },
}

/** Every decoder knows baseline JPEG, and it is made in half the time of a progressive one for a tenth more bytes. */
const jpegOptions = { quality: 85, baseline: true, progressive: false } as const

async function redraw({ kind, bytes, shape, side, lossless }: Order): Promise<Drawing> {
  const decoded = await decoders[kind](Uint8Array.from(bytes).buffer)
  const pixels = shape === 'square' ? squared(decoded, side) : whole(decoded, side)
  const image = new ImageData(Uint8ClampedArray.from(pixels.data), pixels.width, pixels.height)
  if (!lossless && isOpaque(pixels)) {
    await jpegEncoder()
    return { type: 'image/jpeg', bytes: new Uint8Array(await encodeJpeg(image, jpegOptions)) }
  }
  await pngCodec()
  return { type: 'image/png', bytes: new Uint8Array(await encodePng(image)) }
}

parentPort?.on('message', (order: Order) => {
  const { id } = order
  redraw(order).then(
    (made) => parentPort?.postMessage({ id, ...made } satisfies Delivery),
    (error: unknown) => parentPort?.postMessage({ id, fault: String(error) } satisfies Delivery),
  )
})
