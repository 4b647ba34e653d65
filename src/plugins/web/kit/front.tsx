// The frame of the pages before somebody is in: one column for the matter, a drawing beside it.
import type { Child, PropsWithChildren } from 'hono/jsx'
import type { View } from '../view.ts'
import { Art } from './art.tsx'
import { Document } from './document.tsx'
import { Icon } from './icon.tsx'
import { Logo } from './logo.tsx'
import { Notice } from './pieces.tsx'
import { LanguageMenu, ThemeButton } from './preferences.tsx'

interface FrontProps {
  readonly view: View
  readonly title: string
  readonly lead?: Child
  readonly islands?: readonly string[]
  readonly refresh?: string
  /** Where there is no script, the page is loaded again after so many seconds. */
  readonly lookAgainSeconds?: number
  /** Instead of this server's own sign: whose matter it is. */
  readonly mark?: Child
}

const pointIcons = ['shield-check', 'key-round', 'smartphone']

export const Front = ({
  view,
  title,
  lead,
  islands = [],
  refresh,
  lookAgainSeconds,
  mark,
  children,
}: PropsWithChildren<FrontProps>) => {
  const { done } = view.t
  const said = view.done ? done[view.done] : undefined
  return (
    <Document view={view} title={title} islands={islands} serif class="front" {...{ refresh, lookAgainSeconds }}>
      <div class="front-panel">
        <main class="front-main">
          <span class={mark === undefined && isOwn(view) ? 'front-mark own' : 'front-mark'}>
            {mark ?? <Logo view={view} id="mark-front" />}
          </span>
          <h1>{title}</h1>
          {lead && <p class="front-lead">{lead}</p>}
          {said && (
            <Notice tone="ok" live>
              {said}
            </Notice>
          )}
          {children}
        </main>
        <footer class="front-foot">
          <LanguageMenu view={view} />
          <ThemeButton view={view} />
        </footer>
      </div>
      <aside class="front-art">
        <Beside view={view} />
      </aside>
    </Document>
  )
}

const isOwn = (view: View): boolean => Boolean(view.image('logo') ?? view.image('logo-dark'))

/** The instance's own picture, which speaks for itself; or a drawing with a word about passkeys. */
function Beside({ view }: { readonly view: View }) {
  const { front } = view.t
  const picture = view.image('background')
  if (picture) return <img src={picture} alt="" />
  return (
    <>
      <Art />
      <div class="front-card">
        <p class="front-motto">{front.motto}</p>
        <ul>
          {front.points.map((point, at) => (
            <li>
              <Icon name={pointIcons[at] ?? 'check'} />
              {point}
            </li>
          ))}
        </ul>
      </div>
    </>
  )
}
