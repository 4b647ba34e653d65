// Reads a failed write: which unique column said no.

/** `table.column` of a UNIQUE constraint that failed, wherever in the chain of causes SQLite said so; else undefined. */
export function uniqueViolation(error: unknown): string | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const column = /UNIQUE constraint failed: ([\w.]+)/.exec(at.message)?.[1]
    if (column) return column
  }
  return undefined
}
