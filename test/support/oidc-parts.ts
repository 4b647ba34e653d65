// The provider's knowledge of apps without its endpoints, on the ground of a real instance; and rows of apps for it to find.
import { pick } from '#core/kernel/host.ts'
import { coreSettings } from '#core/settings/core-settings.ts'
import { type ClientParts, createClientParts } from '../../src/plugins/oidc/client-parts.ts'
import { settings } from '../../src/plugins/oidc/settings.ts'
import { type ClientRow, clients } from '../../src/plugins/oidc/tables.ts'
import type { Instance } from './instance.ts'

/** The parts as the plugin makes them. */
export function partsOf({ ground }: Instance): ClientParts {
  const resolved = ground.resolution.settings
  return createClientParts({ ...ground, core: pick(coreSettings, resolved), settings: pick(settings, resolved) })
}

/** Stores an app; what is not said is as the database has it. */
export async function addClient(
  { ground: { db, clock } }: Instance,
  client: Partial<typeof clients.$inferInsert> & { readonly id: string },
): Promise<ClientRow> {
  const now = clock.now()
  const row = { name: client.id, createdAt: now, updatedAt: now, ...client }
  const [stored] = await db.write((tx) => tx.insert(clients).values(row).returning())
  if (!stored) throw new Error(`The app ${client.id} was not stored.`)
  return stored
}
