// Archives: written as a stream, read entry by entry from a file. The only file that imports yazl and yauzl.
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { type Entry, openPromise } from 'yauzl'
import { ZipFile } from 'yazl'

/** An entry of an archive that is being written: its name and what is in it, asked for when its turn comes. */
export interface Packed {
  readonly name: string
  content(): AsyncIterable<string | Uint8Array>
}

/**
 * Writes entries one after the other to a file, for its owner alone and whole or not at all, or to another stream.
 *
 * @throws what an entry's content threw
 */
export async function writeZip(entries: AsyncIterable<Packed>, to: string | NodeJS.WritableStream): Promise<void> {
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  zip.on('error', (error: Error) => output.destroy(error))
  const aside = typeof to === 'string' ? `${to}.part` : undefined
  if (aside !== undefined) await rm(aside, { force: true })
  const sink = aside === undefined ? (to as NodeJS.WritableStream) : createWriteStream(aside, { mode: 0o600, flags: 'wx' })
  const written = pipeline(output, sink, { end: aside !== undefined })
  try {
    await Promise.race([fill(zip, entries), written])
    await written
    if (aside !== undefined && typeof to === 'string') await rename(aside, to)
  } catch (error) {
    output.destroy()
    await written.catch(() => undefined)
    if (aside !== undefined) await rm(aside, { force: true })
    throw error
  }
}

async function fill(zip: ZipFile, entries: AsyncIterable<Packed>): Promise<void> {
  for await (const { name, content } of entries) {
    const stream = Readable.from(content(), { objectMode: false })
    const done = new Promise<void>((resolve, reject) => stream.once('close', resolve).once('error', reject))
    zip.addReadStream(stream, name, { compress: !/\.(png|jpe?g|webp)$/.test(name) })
    await done
  }
  zip.end()
}

export interface Archive {
  readonly names: readonly string[]
  /** @throws Error when there is no such entry */
  read(name: string): Promise<Uint8Array>
  lines(name: string): AsyncIterable<string>
  close(): void
}

/** @throws Error with a sentence when the file is no archive */
export async function openZip(path: string): Promise<Archive> {
  const zip = await openPromise(path, { autoClose: false }).catch((cause: unknown) => {
    throw new Error(`${path} is not there, or is no zip file.`, { cause })
  })
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)
  const stream = (name: string) => {
    const entry = entries.get(name)
    if (!entry) throw new Error(`The file has no ${name}.`)
    return zip.openReadStreamPromise(entry)
  }
  return {
    names: [...entries.keys()],
    read: async (name) => new Uint8Array(await buffer(await stream(name))),
    async *lines(name) {
      yield* createInterface({ input: await stream(name), crlfDelay: Number.POSITIVE_INFINITY })
    },
    close: () => zip.close(),
  }
}
