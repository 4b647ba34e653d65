// Lists: a head that sorts, pages, and a search. Everything is a link or a form, so it works without script and can be bookmarked.
import type { PropsWithChildren } from 'hono/jsx'
import type { ListQuery, Pagination } from '#core/http/listing.ts'
import type { View } from '../view.ts'
import { Icon } from './icon.tsx'

/** The address of this list with some of its query changed; undefined takes a part away. */
export function listHref(view: View, changes: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(view.here, 'http://localhost')
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return `${url.pathname}${url.search}`
}

interface ColumnProps {
  readonly view: View
  readonly query: ListQuery
  readonly name: string
  readonly label: string
  readonly byDefault?: boolean
  readonly class?: string
}

/** A column's head that sorts by it, and the other way round when it already does. */
export function SortHead({ view, query, name, label, byDefault, class: look }: ColumnProps) {
  const sorted = query.sort ? query.sort.column === name : (byDefault ?? false)
  const down = sorted && (query.sort?.descending ?? false)
  const href = listHref(view, {
    'sort[column]': name,
    'sort[direction]': sorted && !down ? 'desc' : 'asc',
    'pagination[page]': undefined,
  })
  return (
    <th scope="col" class={look} aria-sort={sorted ? (down ? 'descending' : 'ascending') : undefined}>
      <a href={href} title={view.t.list.sortBy(label)}>
        {label}
        {sorted && <Icon name={down ? 'chevron-down' : 'chevron-up'} />}
      </a>
    </th>
  )
}

interface SearchProps {
  readonly view: View
  readonly query: ListQuery
  readonly label: string
}

/** Searches the list and keeps its sorting and filters. */
export function ListSearch({ view, query, label }: SearchProps) {
  const kept = [...new URL(view.here, 'http://localhost').searchParams].filter(([name]) => /^(sort|filters)\[/.test(name))
  return (
    <search>
      <form class="list-search" action={view.path}>
        <Icon name="search" />
        <input type="search" name="search" class="input" value={query.search} placeholder={label} aria-label={label} />
        {kept.map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
      </form>
    </search>
  )
}

export function Pages({ view, pagination }: { readonly view: View; readonly pagination: Pagination }) {
  const { list } = view.t
  const { currentPage: page, totalPages } = pagination
  const to = (number: number) => listHref(view, { 'pagination[page]': String(number) })
  return (
    <nav class="pages" aria-label={list.pages}>
      <span class="muted">{list.total(pagination.totalItems)}</span>
      {totalPages > 1 && (
        <div class="pages-steps">
          <Step to={page > 1 ? to(page - 1) : undefined} rel="prev">
            <Icon name="chevron-left" />
            {list.previous}
          </Step>
          <span class="numbers">{list.page(page, totalPages)}</span>
          <Step to={page < totalPages ? to(page + 1) : undefined} rel="next">
            {list.next}
            <Icon name="chevron-right" />
          </Step>
        </div>
      )}
    </nav>
  )
}

const Step = ({ to, rel, children }: PropsWithChildren<{ readonly to: string | undefined; readonly rel: string }>) =>
  to === undefined ? (
    <span class="button small" aria-disabled="true">
      {children}
    </span>
  ) : (
    <a class="button small" href={to} rel={rel}>
      {children}
    </a>
  )
