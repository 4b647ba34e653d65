// Whether the directory's last run went well.

import type { Directory } from '#core/directory-ports.ts'
import type { Health } from '#core/kernel/plugin.ts'

/** Bad only when the last run failed or was refused; before the first one there is nothing to say. */
export async function lastRunHealth(directory: Pick<Directory, 'lastRun'>): Promise<Health> {
  const last = await directory.lastRun()
  if (!last) return { ok: true, detail: 'No run yet.' }
  return { ok: last.outcome === 'applied', detail: `${last.at.toISOString()} ${last.summary}` }
}
