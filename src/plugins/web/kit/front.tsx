// The frame of the pages before somebody is in: one column for the matter, a drawing beside it.
import type { Child, PropsWithChildren } from 'hono/jsx'
import type { View } from '../view.ts'
import { Art } from './art.tsx'
import { Document } from './document.tsx'
import { Icon } from './icon.tsx'
import { Mark } from './mark.tsx'
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
  const { front, done } = view.t
  const said = view.done ? done[view.done] : undefined
  return (
    <Document view={view} title={title} islands={islands} serif class="front" {...{ refresh, lookAgainSeconds }}>
      <div class="front-panel">
        <main class="front-main">
          <span class="front-mark">{mark ?? <Mark id="mark-front" />}</span>
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
      </aside>
    </Document>
  )
}
