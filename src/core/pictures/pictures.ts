// Pictures from outside become pictures of ours: judged by their header, drawn anew in a thread that can be ended.
import { Worker } from 'node:worker_threads'
import type { Delivery, Order } from './codec-worker.ts'
import { sniff } from './sniff.ts'

/** A picture that was drawn anew, or why there is none. */
export type Redrawn =
  | { readonly kind: 'drawn'; readonly bytes: Uint8Array; readonly type: 'image/jpeg' | 'image/png' }
  | { readonly kind: 'unknown' | 'damaged' | 'too large'; readonly why: string }

export interface Pictures {
  /** The middle of a picture as a square of at most 300 pixels. Never rejects for what the bytes are. */
  square(bytes: Uint8Array): Promise<Redrawn>
  /** All of a picture, at most so many pixels wide and high, 300 when not said. Never rejects for what the bytes are. */
  whole(bytes: Uint8Array, wish?: { readonly mostSide?: number; readonly lossless?: boolean }): Promise<Redrawn>
  /** Ends the thread, if there is one. */
  stop(): Promise<void>
}

/** The largest picture that is decoded: 16 million pixels take some 150 MB while the thread is at it. */
const mostPixels = 16_000_000
export const mostPictureBytes = 8 * 1024 * 1024
const usualSide = 300

const longestMilliseconds = 20_000
/** WebAssembly memory only ever grows, so the thread goes when nobody needs it. */
const idleMilliseconds = 5_000

/** Makes the drawer; its thread is started with the first picture. */
export function createPictures(): Pictures {
  const codec = createCodec()
  const draw = async (bytes: Uint8Array, wish: Pick<Order, 'shape' | 'side' | 'lossless'>): Promise<Redrawn> => {
    const found = judge(bytes)
    if ('why' in found) return found
    const delivery = await codec.draw({ kind: found.kind, bytes, ...wish })
    if ('fault' in delivery) return { kind: 'damaged', why: `the ${found.kind.toUpperCase()} cannot be read` }
    return { kind: 'drawn', bytes: delivery.bytes, type: delivery.type }
  }
  return {
    square: (bytes) => draw(bytes, { shape: 'square', side: usualSide, lossless: false }),
    whole: (bytes, { mostSide = usualSide, lossless = false } = {}) => draw(bytes, { shape: 'whole', side: mostSide, lossless }),
    stop: codec.stop,
  }
}

/** What can be said before anything is decoded. */
function judge(bytes: Uint8Array) {
  const megabytes = (count: number) => `${(count / 2 ** 20).toFixed(1)} MB`
  if (bytes.length > mostPictureBytes) {
    const why = `it has ${megabytes(bytes.length)}, more than ${megabytes(mostPictureBytes)}`
    return { kind: 'too large', why } as const
  }
  const found = sniff(bytes)
  if (!found) return { kind: 'unknown', why: 'it is not a JPEG, PNG or WebP picture' } as const
  if (found.width * found.height > mostPixels) {
    const why = `it has ${found.width} × ${found.height} pixels, more than ${mostPixels / 1e6} million`
    return { kind: 'too large', why } as const
  }
  return found
}

/** One thread, one picture after the other. A picture that takes too long ends the thread; the next one gets a new one. */
function createCodec() {
  let worker: Worker | undefined
  let last: Promise<unknown> = Promise.resolve()
  let idle: NodeJS.Timeout | undefined
  let lastId = 0

  const stop = async () => {
    clearTimeout(idle)
    const old = worker
    worker = undefined
    await old?.terminate()
  }
  const drawNow = (order: Omit<Order, 'id'>) =>
    new Promise<Delivery>((resolve) => {
      const id = ++lastId
      const thread = worker ?? new Worker(new URL('./codec-worker.ts', import.meta.url))
      worker = thread
      thread.ref()
      const done = (delivery: Delivery) => {
        clearTimeout(patience)
        thread.off('message', take).off('error', fail).off('exit', gone)
        // A server that stops does not wait for a thread that has nothing to do.
        thread.unref()
        resolve(delivery)
      }
      const take = (delivery: Delivery) => delivery.id === id && done(delivery)
      const fail = (error: unknown) => {
        worker = undefined
        done({ id, fault: String(error) })
      }
      const gone = () => fail('the thread ended')
      const patience = setTimeout(() => void stop(), longestMilliseconds)
      thread.on('message', take).on('error', fail).on('exit', gone)
      thread.postMessage({ ...order, id } satisfies Order)
    })

  return {
    draw(order: Omit<Order, 'id'>): Promise<Delivery> {
      clearTimeout(idle)
      const next = last.then(async () => {
        const delivery = await drawNow(order)
        // A decoder that met with nonsense may be left in any state: the next picture gets a new thread.
        if ('fault' in delivery) await stop()
        return delivery
      })
      last = next.then(() => {
        clearTimeout(idle)
        idle = setTimeout(() => void stop(), idleMilliseconds).unref()
      })
      return next
    },
    stop,
  }
}
