// An app as strangers may see it: its name and whether it has a logo.
import { eq } from 'drizzle-orm'
import type { AppMeta } from '#core/ports.ts'
import type { OidcHost } from './provider.ts'
import { type ClientRow, clientLogos } from './tables.ts'

export async function metaOf({ db }: Pick<OidcHost, 'db'>, client: ClientRow): Promise<AppMeta> {
  const rows = await db.read.select({ variant: clientLogos.variant }).from(clientLogos).where(eq(clientLogos.clientId, client.id))
  const has = (variant: 'light' | 'dark') => rows.some((row) => row.variant === variant)
  return {
    id: client.id,
    name: client.name,
    hasLogo: has('light'),
    hasDarkLogo: has('dark'),
    clientType: client.origin === 'metadata-document' ? 'cimd' : 'standard',
  }
}
