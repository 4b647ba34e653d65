// Lists have one shape: page, sort, search and filters in the query; data and pagination in the answer.
import { and, asc, desc, inArray, or, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import * as v from 'valibot'

/** What a caller asks of a list. */
export interface ListQuery {
  /** From 1. */
  readonly page: number
  readonly limit: number
  readonly sort: { readonly column: string; readonly descending: boolean } | undefined
  readonly search: string
  readonly filters: Readonly<Record<string, readonly string[]>>
}

export interface Page<T> {
  readonly data: readonly T[]
  readonly pagination: Pagination
}

export const Pagination = v.object({
  totalPages: v.number(),
  totalItems: v.number(),
  currentPage: v.number(),
  itemsPerPage: v.number(),
})
export type Pagination = v.InferOutput<typeof Pagination>

/** The schema of a list's answer, for a route's declaration. */
export const pageOf = <S extends v.GenericSchema>(item: S) => v.object({ data: v.array(item), pagination: Pagination })

const defaultLimit = 20
const maxLimit = 100

/**
 * Reads `pagination[page]`, `pagination[limit]`, `sort[column]`, `sort[direction]`, `search` and `filters[field][i]`.
 * Lists are forgiving, as the original's are: what cannot be understood falls back to the default. `page` and `limit` alone count
 * where the long names are not there: clients that leaf through a list so would never come to its end.
 */
export function readListQuery(url: string): ListQuery {
  const query = new URL(url).searchParams
  const column = query.get('sort[column]')
  const filters: Record<string, string[]> = {}
  for (const [name, value] of query) {
    const field = /^filters\[(\w+)\](?:\[\d*\])?$/.exec(name)?.[1]
    if (!field) continue
    filters[field] = [...(filters[field] ?? []), value]
  }
  return {
    page: positive(query.get('pagination[page]') ?? query.get('page'), 1),
    limit: Math.min(positive(query.get('pagination[limit]') ?? query.get('limit'), defaultLimit), maxLimit),
    sort: column ? { column, descending: query.get('sort[direction]')?.toLowerCase() === 'desc' } : undefined,
    search: (query.get('search') ?? '')
      .replace(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, 200),
    filters,
  }
}

const positive = (text: string | null, fallback: number): number => {
  const number = Number(text)
  return text !== null && Number.isSafeInteger(number) && number > 0 ? number : fallback
}

type Expression = SQLiteColumn | SQL

/** Which columns of a list may be sorted, searched and filtered, under their wire names. */
export interface ListColumns {
  readonly sortable: Readonly<Record<string, Expression>>
  /** Left out where rows are searched in a way of their own. */
  readonly searched?: readonly Expression[]
  readonly filterable: Readonly<Record<string, Expression>>
  readonly byDefault: Expression
  /** Breaks ties, so that pages never overlap. */
  readonly tie: Expression
  /** Other tie-breakers, by wire name: what the index of such a column ends with, so that a page is found by walking it. */
  readonly ties?: Readonly<Record<string, Expression>>
}

export interface ListParts {
  readonly where: SQL | undefined
  readonly orderBy: SQL[]
  /** The same order from its end. */
  readonly backwards: SQL[]
}

/** The query as SQL: unknown columns are ignored. */
export function listParts(columns: ListColumns, query: ListQuery): ListParts {
  const { searched = [] } = columns
  const search = query.search === '' ? undefined : or(...searched.map((column) => contains(column, query.search)))
  const filters = Object.entries(query.filters).flatMap(([field, values]) => {
    const column = Object.hasOwn(columns.filterable, field) ? columns.filterable[field] : undefined
    return column ? [oneOf(column, values.map(plainValue))] : []
  })
  const { column = '', descending = false } = query.sort ?? {}
  const chosen = Object.hasOwn(columns.sortable, column) ? columns.sortable[column] : undefined
  const [onwards, backwards] = chosen && descending ? [desc, asc] : [asc, desc]
  const by = [chosen ?? columns.byDefault, (chosen && columns.ties?.[column]) ?? columns.tie]
  return { where: and(search, ...filters), orderBy: by.map((one) => onwards(one)), backwards: by.map((one) => backwards(one)) }
}

/** How a page is read: from the nearer end, because every row before it is walked over. */
export function pageFrom({ orderBy, backwards }: ListParts, query: ListQuery, totalItems: number) {
  const at = pagination(query, totalItems)
  const limit = Math.min(query.limit, totalItems - at.offset)
  const fromEnd = totalItems - at.offset - limit
  return fromEnd < at.offset
    ? { ...at, orderBy: backwards, offset: fromEnd, limit, inOrder: <T>(rows: readonly T[]) => rows.toReversed() }
    : { ...at, orderBy, limit, inOrder: <T>(rows: readonly T[]) => rows }
}

/** Whether a column holds a text anywhere, without regard to case. SQLite itself knows upper and lower case of English letters alone. */
export function contains(column: Expression, search: string): SQL | undefined {
  const like = (text: string) => sql`${column} like ${`%${text.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`
  return or(...spellings(search).map(like))
}

function spellings(text: string): readonly string[] {
  if (/^\p{ASCII}*$/u.test(text)) return [text]
  const [first = '', ...rest] = text.toLowerCase()
  return [...new Set([text, text.toLowerCase(), text.toUpperCase(), `${first.toUpperCase()}${rest.join('')}`])]
}

/** A flag stands in the statement itself, so that an index of the rows that have it can be used. */
const oneOf = (column: Expression, values: readonly unknown[]): SQL =>
  values.length === 1 && (values[0] === 0 || values[0] === 1)
    ? sql`${column} = ${sql.raw(String(values[0]))}`
    : inArray(column as SQLiteColumn, [...values])

// A filter compares with what the database holds: flags are numbers there.
const plainValue = (value: string): unknown => (value === 'true' ? 1 : value === 'false' ? 0 : value)

/** Where a page begins. A page past the end is the last page; with no rows there is one page. */
export function pagination(query: ListQuery, totalItems: number): { readonly offset: number; readonly pagination: Pagination } {
  const totalPages = Math.max(1, Math.ceil(totalItems / query.limit))
  const currentPage = Math.min(query.page, totalPages)
  return {
    offset: (currentPage - 1) * query.limit,
    pagination: { totalPages, totalItems, currentPage, itemsPerPage: query.limit },
  }
}
