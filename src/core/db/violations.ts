// Reads a failed write: which unique column said no, and whether anybody could write at all.

/** `table.column` of a UNIQUE constraint that failed, wherever in the chain of causes SQLite said so; else undefined. */
export function uniqueViolation(error: unknown): string | undefined {
  for (const { message } of causes(error)) {
    const column = /UNIQUE constraint failed: ([\w.]+)/.exec(message)?.[1]
    if (column) return column
  }
  return undefined
}

/** Whether another process kept the database to itself for longer than a write waits. */
export const isBusy = (error: unknown): boolean =>
  causes(error).some((one) => 'code' in one && String(one.code).startsWith('SQLITE_BUSY'))

/** An error and what caused it, down to the first of them. */
export function causes(error: unknown): readonly Error[] {
  const all: Error[] = []
  for (let at = error; at instanceof Error; at = at.cause) all.push(at)
  return all
}
