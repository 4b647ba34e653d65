// Apps whose id is an address, with a document there that describes them (OAuth Client ID Metadata Document). Only addresses on the allow list.
import { eq } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { AppError } from '#core/errors.ts'
import type { DescribedLogos } from './described-logos.ts'
import { type Described, type Offer, readClientMetadata } from './protocol/client-metadata.ts'
import { documentAddressFault } from './protocol/document-address.ts'
import { matchesRedirect } from './protocol/redirect-uri.ts'
import type { OidcHost } from './provider.ts'
import { type ClientRow, clients } from './tables.ts'

export interface MetadataDocuments {
  /** Whether this id is the address of a document that may be read. */
  isOne(id: string): boolean
  /**
   * The app that a document describes, read again when it is due.
   *
   * @param known the row as it was described last
   */
  resolve(id: string, known: ClientRow | undefined): Promise<ClientRow | undefined>
  /** Reads it now. @throws AppError saying what is wrong with it */
  refresh(id: string): Promise<ClientRow>
}

const maxBytes = 16 * 1024
const leastSeconds = 300
const mostSeconds = 24 * 3_600
const usualSeconds = 3_600
/** A known app goes on working this long while its document cannot be read. */
const patienceSeconds = 24 * 3_600
/** Documents that are being read at once: nobody keeps us busy with addresses that answer slowly. */
const maxReading = 10

type DocumentsHost = Pick<OidcHost, 'db' | 'clock' | 'outside' | 'settings' | 'log'>

export function createMetadataDocuments(
  { db, clock, outside, settings, log }: DocumentsHost,
  logos: DescribedLogos,
  offer: Omit<Offer, 'fallbackName'>,
  refuse: (why: string) => AppError,
): MetadataDocuments {
  const reading = new Map<string, Promise<ClientRow>>()

  async function read(id: string): Promise<ClientRow> {
    const answer = await outside(id, { namedBy: 'stranger', maxBytes, headers: { accept: 'application/json' } })
    if (answer.status !== 200) throw refuse(`${id} answers with status ${answer.status}.`)
    const seconds = Number(/max-age=(\d+)/.exec(answer.cacheControl)?.[1] ?? usualSeconds)
    const keptSeconds = Math.min(Math.max(seconds, leastSeconds), mostSeconds)
    return keep(id, describedBy(id, answer.text()), keptSeconds)
  }

  function describedBy(id: string, text: string): Described {
    const document = parsed(text)
    if (document?.client_id !== id) throw refuse(`The document at ${id} does not name itself as its client_id.`)
    const verdict = readClientMetadata(document, { ...offer, fallbackName: new URL(id).host })
    if (verdict.kind === 'refused') throw refuse(`The document at ${id} cannot be used. ${verdict.why}`)
    return verdict.client
  }

  async function keep(id: string, client: Described, keptSeconds: number): Promise<ClientRow> {
    const now = clock.now()
    const fields = { ...client, metadataExpiresAt: inSeconds(clock, keptSeconds), updatedAt: now }
    const row = { ...fields, id, origin: 'metadata-document' as const, createdAt: now }
    const [kept] = await db.write((tx) =>
      tx
        .insert(clients)
        .values(row)
        .onConflictDoUpdate({ target: clients.id, set: fields, setWhere: eq(clients.origin, 'metadata-document') })
        .returning(),
    )
    if (!kept) throw refuse(`An app with the id ${id} is registered here already.`)
    logos.adopt(kept)
    return kept
  }

  function refresh(id: string): Promise<ClientRow> {
    const running = reading.get(id)
    if (running) return running
    if (reading.size >= maxReading) throw refuse('Too many apps are being looked up. Try again in a moment.')
    const started = read(id).finally(() => reading.delete(id))
    reading.set(id, started)
    return started
  }

  const isOne = (id: string) => documentAddressFault(id) === undefined && matchesRedirect(id, settings.cimdUrlAllowlist)

  return {
    isOne,
    async resolve(id, known) {
      const now = clock.now()
      if (known?.metadataExpiresAt && known.metadataExpiresAt > now) return known
      try {
        return await refresh(id)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        log.warn('The metadata document of an app cannot be used', { client: id, why: error.message })
        const isPatient = known?.metadataExpiresAt && known.metadataExpiresAt > inSeconds(clock, -patienceSeconds)
        return isPatient ? known : undefined
      }
    },
    async refresh(id) {
      if (!isOne(id)) throw refuse('This app is not described by a document whose address is on the list cimdUrlAllowlist.')
      return refresh(id)
    },
  }
}

function parsed(text: string): { readonly client_id?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    // Not JSON: it names no client either.
    return undefined
  }
}
