// Logos that apps bring themselves (logo_uri of RFC 7591): fetched through the fence while nobody waits, and drawn anew.
import { and, eq } from 'drizzle-orm'
import { inSeconds } from '#core/clock.ts'
import { AppError } from '#core/errors.ts'
import { type ClientLogos, maxLogoBytes } from './client-logos.ts'
import type { OidcHost } from './provider.ts'
import { type ClientRow, clientLogos } from './tables.ts'

export interface DescribedLogos {
  /** Brings an app's logo in line with what it says of itself. Returns at once; a logo that cannot be had is logged, and none is there. */
  adopt(client: ClientRow): void
}

/** One that is at the same address as before is fetched again after this long. */
const freshSeconds = 24 * 3_600
/** Logos that are fetched at once: nobody keeps us busy with addresses that answer slowly. */
const maxFetching = 4

type LogosHost = Pick<OidcHost, 'db' | 'clock' | 'outside' | 'pictures' | 'log'>

export function createDescribedLogos({ db, clock, outside, pictures, log }: LogosHost, logos: ClientLogos): DescribedLogos {
  const fetching = new Set<string>()

  const fetched = async (address: string): Promise<Uint8Array> => {
    const { status, body } = await outside(address, { namedBy: 'stranger', maxBytes: maxLogoBytes })
    if (status !== 200) throw new Error(`${address} answers with status ${status}`)
    // What a stranger sends is shown to everybody: so pixels are kept and nothing else of it.
    const drawn = await pictures.whole(body)
    if (drawn.kind !== 'drawn') throw new Error(`${address}: ${drawn.why}`)
    return drawn.bytes
  }

  async function bring({ id, logoUri }: ClientRow): Promise<void> {
    const which = and(eq(clientLogos.clientId, id), eq(clientLogos.variant, 'light'))
    const [held] = await db.read.select().from(clientLogos).where(which)
    // An administrator's choice stays.
    if (held && held.sourceUri === null) return
    if (logoUri === null) return held && logos.remove(id, 'light')
    if (held?.sourceUri === logoUri && held.updatedAt > inSeconds(clock, -freshSeconds)) return
    await logos.write(id, 'light', await fetched(logoUri), logoUri)
  }

  return {
    adopt(client) {
      const { id } = client
      if (fetching.has(id) || fetching.size >= maxFetching) return
      fetching.add(id)
      bring(client)
        .catch((error: unknown) => {
          const why = error instanceof AppError ? error.message : error
          log.warn('The logo that an app names cannot be used', { client: id, why })
        })
        .finally(() => fetching.delete(id))
    },
  }
}
