// Long lists over REST: by page, and whole as a spreadsheet that is written as it is read.
import type { Context } from 'hono'
import { stream } from 'hono/streaming'
import type { Database } from '#core/db/client.ts'
import { describe } from '#core/http/contract.ts'
import { pagination, readListQuery } from '#core/http/listing.ts'
import { type ListOwner, someOf, someThatFit, wholeList } from '../tell/long-lists.ts'
import type { Change, SyncReport } from '../tell/report.ts'
import type { Sheet } from '../tell/report-csv.ts'

/** A page of what was changed, or would be. */
export async function changesPage(db: Database, owner: ListOwner, { changes, changesNotShown }: SyncReport, url: string) {
  const query = readListQuery(url)
  if (query.search === '') {
    const at = pagination(query, changes.length + changesNotShown)
    const { items } = await someOf(db, owner, 'changes', changes, { offset: at.offset, limit: query.limit })
    return { data: [...items], pagination: at.pagination }
  }
  const sought = query.search.toLowerCase()
  const fits = ({ name, dn = '' }: Change) => name.toLowerCase().includes(sought) || dn.toLowerCase().includes(sought)
  const page = { offset: (query.page - 1) * query.limit, limit: query.limit }
  const { items, total } = await someThatFit(wholeList(db, owner, 'changes', changes), fits, page)
  return { data: [...items], pagination: pagination(query, total).pagination }
}

/** What a route for a spreadsheet declares. */
export const describeSheet = (id: string, summary: string, refusals: readonly string[]) =>
  describe({ id, tag: 'LDAP', ofCopies: true, summary, answers: { 200: 'text/csv' }, refusals })

/** A spreadsheet to save. */
export function csv<T>(c: Context, name: string, sheet: Sheet<T>, parts: AsyncIterable<readonly T[]>) {
  c.header('content-type', 'text/csv; charset=utf-8')
  c.header('content-disposition', `attachment; filename="${name}.csv"`)
  return stream(c, async (out) => {
    await out.write(sheet.head)
    for await (const part of parts) {
      if (out.aborted) return
      await out.write(sheet.lines(part))
    }
  })
}
