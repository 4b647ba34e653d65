// Logos of apps: a row says which there are, the file store holds the bytes.
import { and, eq } from 'drizzle-orm'
import { sha256 } from '#core/crypto.ts'
import { AppError, commonErrors } from '#core/errors.ts'
import type { StoredPicture } from '#core/images-port.ts'
import { pictureErrors } from '#core/pictures/errors.ts'
import { imageType } from '#core/pictures/image-type.ts'
import type { LogoVariant } from '#core/ports-apps.ts'
import { oidcErrors } from './errors.ts'
import type { OidcHost } from './provider.ts'
import { clientLogos } from './tables.ts'

export interface ClientLogos {
  read(clientId: string, variant: LogoVariant): Promise<StoredPicture | undefined>
  /**
   * @param sourceUri where the app itself says it is
   * @throws AppError file_type_not_supported, file_too_large
   */
  write(clientId: string, variant: LogoVariant, bytes: Uint8Array, sourceUri?: string): Promise<void>
  remove(clientId: string, variant: LogoVariant): Promise<void>
  /** The bytes at an address, through the fenced door. @throws AppError logo_download_failed, logo_type_not_supported, logo_too_large */
  download(address: string): Promise<Uint8Array>
}

/** As Pocket ID has it. */
export const maxLogoBytes = 2 * 1024 * 1024

const { logo_too_large: tooLarge, logo_type_not_supported: unsupported } = oidcErrors.table

export function createClientLogos({
  db,
  files,
  clock,
  outside,
}: Pick<OidcHost, 'db' | 'files' | 'clock' | 'outside'>): ClientLogos {
  // An id may hold what no file name may, and is unknown to nobody: a hash of it is both.
  const nameOf = (clientId: string, variant: LogoVariant) => `client-logos/h${sha256(clientId)}-${variant}`
  const one = (clientId: string, variant: LogoVariant) =>
    and(eq(clientLogos.clientId, clientId), eq(clientLogos.variant, variant))
  return {
    async read(clientId, variant) {
      const [row] = await db.read.select().from(clientLogos).where(one(clientId, variant))
      const bytes = row && (await files.read(nameOf(clientId, variant)))
      return row && bytes && { type: row.mediaType, digest: sha256(bytes), read: async () => bytes }
    },
    async write(clientId, variant, bytes, sourceUri) {
      if (bytes.length > maxLogoBytes) throw commonErrors.refuse('file_too_large', { message: tooLarge.message })
      const mediaType = imageType(bytes)
      if (!mediaType) throw pictureErrors.refuse('file_type_not_supported', { message: unsupported.message })
      await files.write(nameOf(clientId, variant), bytes)
      const row = { clientId, variant, mediaType, sourceUri: sourceUri ?? null, updatedAt: clock.now() }
      const target = [clientLogos.clientId, clientLogos.variant]
      await db.write((tx) => tx.insert(clientLogos).values(row).onConflictDoUpdate({ target, set: row }))
    },
    async remove(clientId, variant) {
      await db.write((tx) => tx.delete(clientLogos).where(one(clientId, variant)))
      await files.remove(nameOf(clientId, variant))
    },
    async download(address) {
      try {
        const { status, body } = await outside(address, { namedBy: 'administrator', maxBytes: maxLogoBytes + 1 })
        if (status !== 200)
          throw oidcErrors.refuse('logo_download_failed', { message: `${address} answers with status ${status}.` })
        if (body.length > maxLogoBytes) throw oidcErrors.refuse('logo_too_large')
        if (!imageType(body)) throw oidcErrors.refuse('logo_type_not_supported')
        return body
      } catch (cause) {
        if (!(cause instanceof AppError) || cause.code.startsWith('logo_')) throw cause
        throw oidcErrors.refuse('logo_download_failed', { message: cause.message, cause })
      }
    },
  }
}
