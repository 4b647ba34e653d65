// The frame of the pages for people who are in: rail, bar, title with state and actions, then the matter as cards.
import type { Child, PropsWithChildren } from 'hono/jsx'
import type { NavItem } from '#core/kernel/plugin.ts'
import type { View } from '../view.ts'
import { Document } from './document.tsx'
import { Icon } from './icon.tsx'
import { Logo } from './logo.tsx'
import { Avatar, Notice } from './pieces.tsx'
import { ThemeButton } from './preferences.tsx'

interface ShellProps {
  readonly view: View
  readonly title: string
  readonly lead?: Child
  readonly state?: Child
  readonly actions?: Child
  /** Between the area and the title: the list that a detail page belongs to. */
  readonly above?: { readonly title: string; readonly href: string } | undefined
  readonly islands?: readonly string[]
  /** What went wrong with the whole of it. */
  readonly fault?: string | undefined
}

export const Shell = ({
  view,
  title,
  lead,
  state,
  actions,
  above,
  islands = [],
  fault,
  children,
}: PropsWithChildren<ShellProps>) => (
  <Document view={view} title={title} islands={islands} class="shell">
    <a class="skip" href="#content">
      {view.t.app.skip}
    </a>
    <Rail view={view} />
    <div class="shell-main">
      <Bar view={view} title={title} above={above} />
      <main id="content" tabindex={-1}>
        <div class="title-row">
          <div>
            <h1>
              {title} {state}
            </h1>
            {lead && <p class="muted">{lead}</p>}
          </div>
          {actions && <div class="actions">{actions}</div>}
        </div>
        {view.done && view.t.done[view.done] && (
          <Notice tone="ok" live>
            {view.t.done[view.done]}
          </Notice>
        )}
        {fault !== undefined && <Notice tone="bad">{fault}</Notice>}
        {children}
      </main>
    </div>
  </Document>
)

/** The longest address that this page is at or below: one item's may begin with another's. */
function itemHere({ nav, path }: View): NavItem | undefined {
  const above = nav.filter(({ href }) => path === href || path.startsWith(`${href}/`))
  return above.sort((one, other) => other.href.length - one.href.length)[0]
}

/** What people look for most comes first; what a plugin of somebody else's brings comes last. */
const order: readonly string[] = [
  '/settings/account',
  '/settings/apps',
  '/settings/audit-log',
  '/settings/admin/users',
  '/settings/admin/user-groups',
  '/settings/admin/directory',
  '/settings/admin/oidc-clients',
  '/settings/admin/apis',
  '/settings/admin/api-keys',
  '/settings/admin/application-configuration',
  '/settings/audit-log/global',
]
const placeOf = ({ href }: NavItem) => (order.includes(href) ? order.indexOf(href) : order.length)
const inOrder = (nav: readonly NavItem[]) => [...nav].sort((one, other) => placeOf(one) - placeOf(other))

function Rail({ view }: { readonly view: View }) {
  const { app } = view.t
  const items = inOrder(view.nav)
  const mine = items.filter((item) => item.for === 'user')
  const administration = items.filter((item) => item.for === 'admin')
  return (
    <header class="rail">
      <a class="brand" href="/settings/account">
        <Logo view={view} id="mark-rail" />
        <span>{view.appName}</span>
      </a>
      <nav aria-label={app.navigation}>
        <Links view={view} items={mine} />
        {administration.length > 0 && <p class="rail-title">{app.administration}</p>}
        <Links view={view} items={administration} />
      </nav>
      {view.user && (
        <div class="rail-person">
          <Avatar name={view.user.displayName || view.user.username} />
          <a href="/settings/account" class="rail-name">
            <span>{view.user.displayName || view.user.username}</span>
            <span class="muted">{view.user.email ?? view.user.username}</span>
          </a>
          <form method="post" action="/logout">
            <button type="submit" class="icon-button" aria-label={app.signOut} title={app.signOut}>
              <Icon name="log-out" />
            </button>
          </form>
        </div>
      )}
    </header>
  )
}

const Links = ({ view, items }: { readonly view: View; readonly items: readonly NavItem[] }) => (
  <ul>
    {items.map(({ title, href, icon }) => (
      <li>
        <a href={href} aria-current={href === itemHere(view)?.href ? 'page' : undefined}>
          <Icon name={icon} />
          <span>{view.said(title)}</span>
        </a>
      </li>
    ))}
  </ul>
)

function Bar({ view, title, above }: Pick<ShellProps, 'view' | 'title' | 'above'>) {
  const { app } = view.t
  const inAdministration = itemHere(view)?.for === 'admin'
  return (
    <div class="bar">
      <nav aria-label={app.breadcrumbs} class="crumbs">
        <span>{inAdministration ? app.administration : app.mine}</span>
        {above && (
          <>
            <Icon name="chevron-right" />
            <a href={above.href}>{above.title}</a>
          </>
        )}
        <Icon name="chevron-right" />
        <span class="crumb-here">{title}</span>
      </nav>
      {view.user?.isAdmin && (
        <search>
          <form action="/settings/admin/users" class="bar-search">
            <Icon name="search" />
            <input type="search" name="search" class="input" placeholder={app.search} aria-label={app.search} data-shortcut="k" />
            <kbd hidden>Ctrl K</kbd>
          </form>
        </search>
      )}
      <ThemeButton view={view} />
    </div>
  )
}
