// Rows as drizzle reads them: by position where it knows the fields, by name where it does not.
import type { Row } from '@libsql/client'

/** Makes rows of a statement whose columns are known. Of two columns with one name, as a join has them, the first has the name. */
export function rowMaker(names: readonly string[]): (values: readonly unknown[]) => Row {
  class PositionedRow {
    readonly #values: readonly unknown[]
    constructor(values: readonly unknown[]) {
      this.#values = values
    }
    // On the prototype, so that only names count as a row's own.
    static {
      for (const position of names.keys()) {
        Object.defineProperty(PositionedRow.prototype, position, {
          get(this: PositionedRow) {
            return this.#values[position]
          },
        })
      }
      Object.defineProperty(PositionedRow.prototype, 'length', { value: names.length })
    }
  }
  const named = names
    .map((name, position) => ({ name, position }))
    .filter(({ name, position }) => names.indexOf(name) === position && !Object.hasOwn(PositionedRow.prototype, name))

  return (values) => {
    const row = new PositionedRow(values) as unknown as Record<string, unknown>
    for (const { name, position } of named) row[name] = values[position]
    return row as Row
  }
}
