// Seals everything that is sealed with another key: columns that core and plugins declare, and no other may hold anything sealed.
import { type SQL, sql } from 'drizzle-orm'
import { isSealed, type Vault } from '../crypto.ts'
import type { Transaction } from '../db/client.ts'
import { readStructure } from '../db/structure.ts'

/** A column of sealed texts, and what they are sealed for. */
export interface SealedColumn {
  readonly table: string
  readonly column: string
  readonly purpose: string
}

export interface KeyChange {
  readonly from: Vault
  readonly to: Vault
}

const sliceSize = 1_000

/**
 * Opens every sealed text with one key and seals it with another, in the transaction it is given. Rows that a source took away and that
 * are kept aside (db/recorder) are sealed anew with the others.
 *
 * @returns how many texts there were
 * @throws Error naming the column that holds something sealed and is declared by nobody, or that the old key does not open
 */
export async function reseal(tx: Transaction, declared: readonly SealedColumn[], change: KeyChange): Promise<number> {
  const { columns } = await readStructure(tx)
  const own: readonly SealedColumn[] = [{ table: 'key_check', column: 'sealed', purpose: 'key-check' }]
  const known = [...own, ...declared].filter(({ table, column }) => columns.get(table)?.includes(column))
  await refuseUndeclared(tx, columns, [...known, { table: 'settings', column: 'value' }])
  let count = await resealAll(tx, settingValues, change)
  for (const one of known) {
    count += await resealAll(tx, inColumn(one), change)
    count += await resealAll(tx, keptAside(one), change)
  }
  return count
}

/** Where sealed texts are: how they are read, and how those of a map (old to new) are replaced. */
interface Place {
  readonly name: string
  readonly read: SQL
  purposeOf(about: string): string
  replace(map: SQL): SQL
}

const settingValues: Place = {
  name: 'settings.value',
  read: sql`select value as text, key as about from settings`,
  purposeOf: (key) => `setting:${key}`,
  replace: (map) => sql`update settings set value = map.value from ${map} where settings.value = map.key`,
}

function inColumn({ table, column, purpose }: SealedColumn): Place {
  const [rows, field] = [sql.identifier(table), sql.identifier(column)]
  return {
    name: `${table}.${column}`,
    read: sql`select ${field} as text, '' as about from ${rows} where ${field} is not null`,
    purposeOf: () => purpose,
    replace: (map) => sql`update ${rows} set ${field} = map.value from ${map} where ${rows}.${field} = map.key`,
  }
}

function keptAside({ table, column, purpose }: SealedColumn): Place {
  const path = `$."${column}"`
  const image = sql`kept_rows.image ->> ${path}`
  return {
    name: `rows of ${table} that are kept aside`,
    read: sql`select ${image} as text, '' as about from kept_rows where table_name = ${table} and ${image} is not null`,
    purposeOf: () => purpose,
    replace: (map) => sql`update kept_rows set image = json_set(kept_rows.image, ${path}, map.value) from ${map}
      where kept_rows.table_name = ${table} and ${image} = map.key`,
  }
}

async function resealAll(tx: Transaction, place: Place, change: KeyChange): Promise<number> {
  const rows = await tx.all<{ text: string; about: string }>(place.read)
  const sealed = rows.filter(({ text }) => isSealed(text))
  for (let at = 0; at < sealed.length; at += sliceSize) {
    const pairs = sealed.slice(at, at + sliceSize).map(({ text, about }) => {
      const purpose = place.purposeOf(about)
      return [text, change.to.seal(purpose, open(change.from, purpose, text, about ? `${place.name} of ${about}` : place.name))]
    })
    await tx.run(place.replace(sql`json_each(${JSON.stringify(Object.fromEntries(pairs))}) as map`))
  }
  return sealed.length
}

function open(vault: Vault, purpose: string, text: string, where: string): string {
  try {
    return vault.open(purpose, text)
  } catch (cause) {
    throw new Error(`A secret in ${where} cannot be opened with the present key; set or remove it, then try again.`, { cause })
  }
}

/** A secret that is left behind could never be opened again: a plugin that forgot to say where its secrets are is named instead. */
async function refuseUndeclared(
  tx: Transaction,
  columns: ReadonlyMap<string, readonly string[]>,
  known: readonly Pick<SealedColumn, 'table' | 'column'>[],
): Promise<void> {
  const isKnown = (table: string, column: string) => known.some((one) => one.table === table && one.column === column)
  for (const [table, names] of columns) {
    const others = names.filter((name) => !isKnown(table, name))
    for (const name of others) {
      const field = sql.identifier(name)
      const found = await tx.all<{ text: string }>(
        sql`select ${field} as text from ${sql.identifier(table)} where typeof(${field}) = 'text' and ${field} glob 'v1.*'`,
      )
      if (!found.some(({ text }) => isSealed(text))) continue
      throw new Error(`The column ${table}.${name} holds a secret, and no plugin that is installed says what it is sealed for.`)
    }
  }
}
