// A page of administration that is one list: what it is called, a button for another one, a search, rows or a word that there are none, pages.
import type { PropsWithChildren } from 'hono/jsx'
import type { ListQuery, Page } from '#core/http/listing.ts'
import type { View } from '../view.ts'
import { Icon } from './icon.tsx'
import { ListSearch, Pages } from './list.tsx'
import { Empty } from './pieces.tsx'
import { Shell } from './shell.tsx'

interface ListPageProps {
  readonly view: View
  readonly query: ListQuery
  readonly words: {
    readonly title: string
    readonly add: string
    readonly search: string
    readonly none: string
    readonly noneLead: string
    lead(count: number): string
  }
  /** Where another one is made. */
  readonly newPath: string
  readonly icon: string
  readonly rows: Page<unknown>
}

/** @param children the table, which is drawn when there are rows */
export const ListPage = ({ view, query, words, newPath, icon, rows, children }: PropsWithChildren<ListPageProps>) => (
  <Shell
    view={view}
    title={words.title}
    lead={words.lead(rows.pagination.totalItems)}
    actions={
      <a class="button primary" href={newPath}>
        <Icon name="plus" />
        <span>{words.add}</span>
      </a>
    }
  >
    <section class="card" aria-label={words.title}>
      <div class="list-tools">
        <ListSearch view={view} query={query} label={words.search} />
      </div>
      {rows.data.length === 0 ? (
        <Empty icon={icon} title={words.none}>
          <p>{words.noneLead}</p>
        </Empty>
      ) : (
        children
      )}
      <footer class="card-foot">
        <Pages view={view} pagination={rows.pagination} />
      </footer>
    </section>
  </Shell>
)
