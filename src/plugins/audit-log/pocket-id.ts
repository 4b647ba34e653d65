// What Pocket ID noted, with the names of its people as they are now: it keeps none of the time.
import { deviceName } from '#core/http/device-name.ts'
import { documentOf, momentOf, textOf, textOrNull } from '#core/transfer/fields.ts'
import { inParts, type TakeOver } from '#core/transfer/predecessor.ts'
import { auditEntries } from './tables.ts'

export const takeOver: TakeOver = async (from, { db, clock }) => {
  const names = new Map(from.rows('users').map((row) => [textOf(row, 'id'), textOf(row, 'username')]))
  const rows = from.rows('audit_logs').map((row) => {
    const data = textsIn(documentOf(row, 'data'))
    const userId = textOf(row, 'user_id')
    return {
      id: textOf(row, 'id'),
      createdAt: momentOf(row, 'created_at') ?? clock.now(),
      event: textOf(row, 'event'),
      ipAddress: textOrNull(row, 'ip_address'),
      country: textOf(row, 'country'),
      city: textOf(row, 'city'),
      device: deviceName(textOrNull(row, 'user_agent')),
      userId,
      username: names.get(userId) ?? '',
      clientName: data.clientName ?? null,
      data,
    }
  })
  await db.write(async (tx) => {
    for (const part of inParts(rows)) await tx.insert(auditEntries).values(part)
  })
  return {}
}

function textsIn(document: unknown): Readonly<Record<string, string>> {
  if (typeof document !== 'object' || document === null) return {}
  return Object.fromEntries(Object.entries(document).filter(([, value]) => typeof value === 'string'))
}
