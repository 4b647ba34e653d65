// `pocket-id export`: everything in one file, beside a server that may be running.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { writeExport } from '#core/transfer/export.ts'
import { quietGround } from './lend.ts'
import type { Said } from './words.ts'

export async function exportAll(args: readonly string[], said: Said): Promise<void> {
  const options = { path: { type: 'string', short: 'p', default: 'pocket-id-export.zip' } } as const
  const { values } = parseArgs({ args: [...args], options })
  const toStandardOutput = values.path === '-'
  if (toStandardOutput && process.stdout.isTTY)
    throw new Error('Standard output is a terminal, which shows no zip file; send it to a file with > or name one after --path.')
  // Standard output may be the archive itself.
  const say = toStandardOutput ? (line: string) => process.stderr.write(`${line}\n`) : said.print
  const ground = await quietGround(said.environment)
  try {
    const to = toStandardOutput ? process.stdout : resolve(values.path)
    const { rows, uploads } = await writeExport(ground.db, ground.files, to)
    say(`${rows} rows and ${uploads} uploads are in ${toStandardOutput ? 'the export' : values.path}.`)
    const key = ground.keyFile ? `the key in ${ground.keyFile}` : 'ENCRYPTION_KEY'
    say(`Secrets in it stay sealed: it is imported under the same key, so keep ${key} too, and not beside it.`)
  } finally {
    await ground.close()
  }
}
