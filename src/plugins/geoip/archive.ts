// A database on its way in, as it is offered for download: plain, packed (.gz), or in an archive (.tar.gz); part by part, never whole in memory.
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

type Parts = AsyncIterable<Buffer>

const blockSize = 512
/** POSIX.1-1988, where the header of a tar archive has its name. */
const magic = { at: 257, text: 'ustar' }

/** The database in whatever was downloaded. @throws Error when there is none in it, or the packing is broken */
export async function* databaseIn(download: Parts): AsyncGenerator<Buffer, void> {
  const [start, all] = await peek(download, 2)
  const isPacked = start[0] === 0x1f && start[1] === 0x8b
  const [head, plain] = await peek(isPacked ? unpacked(all) : all, blockSize)
  const isArchive = head.subarray(magic.at, magic.at + magic.text.length).toString('latin1') === magic.text
  yield* isArchive ? fileEndingIn('.mmdb', plain) : plain
}

/** What fails on the way ends the stream with its error, so whoever reads it hears of it. */
const unpacked = (parts: Parts): Parts => pipeline(Readable.from(parts), createGunzip(), () => undefined)

/** The first bytes, and everything with them. */
async function peek(parts: Parts, size: number): Promise<readonly [Buffer, Parts]> {
  const rest = parts[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    head = Buffer.concat([head, next.value])
    if (head.length >= size) break
  }
  async function* all(): AsyncGenerator<Buffer, void> {
    try {
      yield head
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
    } finally {
      await rest.return?.()
    }
  }
  return [head, all()]
}

/** The first file of a tar archive whose name ends so: 512 bytes of header, then the file, filled up to whole blocks. */
async function* fileEndingIn(ending: string, archive: Parts): AsyncGenerator<Buffer, void> {
  let held: Buffer = Buffer.alloc(0)
  let left = 0
  let isWanted = false
  for await (const part of archive) {
    held = held.length === 0 ? part : Buffer.concat([held, part])
    for (;;) {
      const now = held.subarray(0, left)
      held = held.subarray(now.length)
      left -= now.length
      if (isWanted && now.length > 0) yield now
      if (left > 0 || (!isWanted && held.length < blockSize)) break
      if (isWanted) return
      const size = Number.parseInt(text(held, 124, 12), 8) || 0
      isWanted = text(held, 0, 100).endsWith(ending)
      left = isWanted ? size : Math.ceil(size / blockSize) * blockSize
      held = held.subarray(blockSize)
    }
  }
  throw new Error(isWanted ? 'the archive ends too soon' : `the archive has no ${ending} file`)
}

/** A field of the header, up to its first zero. */
const text = (header: Buffer, at: number, size: number): string =>
  header
    .subarray(at, at + size)
    .toString('latin1')
    .replace(/\0.*$/s, '')
