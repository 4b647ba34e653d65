// The outermost frame of every page: head, language, theme, scripts.
import type { PropsWithChildren } from 'hono/jsx'
import { directionOf } from '../messages/languages.ts'
import type { View } from '../view.ts'

interface DocumentProps {
  readonly view: View
  readonly title: string
  readonly islands?: readonly string[]
  /** Front pages have a large title in the serif face, and a stylesheet of their own. */
  readonly serif?: boolean
  /** Somewhere else at once, for pages that only pass on. */
  readonly refresh?: string | undefined
  /** Where there is no script, the page is loaded again after so many seconds. */
  readonly lookAgainSeconds?: number | undefined
  readonly class: string
}

const Font = ({ view, name }: { readonly view: View; readonly name: string }) => (
  <link rel="preload" as="font" type="font/woff2" href={view.asset(`fonts/${name}.woff2`)} crossorigin="" />
)

export const Document = ({
  view,
  title,
  islands = [],
  serif,
  refresh,
  lookAgainSeconds,
  class: look,
  children,
}: PropsWithChildren<DocumentProps>) => (
  <html
    lang={view.language}
    dir={directionOf(view.language)}
    data-theme={view.theme === 'system' ? undefined : view.theme}
    data-still={view.still || undefined}
  >
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
      <meta name="color-scheme" content={view.theme === 'system' ? 'light dark' : view.theme} />
      <meta name="robots" content="noindex" />
      {refresh && <meta http-equiv="refresh" content={`0; url=${refresh}`} />}
      {lookAgainSeconds && (
        <noscript>
          <meta http-equiv="refresh" content={String(lookAgainSeconds)} />
        </noscript>
      )}
      <title>{title === view.appName ? title : `${title} · ${view.appName}`}</title>
      <Font view={view} name="geist-latin" />
      {serif && <Font view={view} name="instrument-serif-latin" />}
      <link rel="stylesheet" href={view.asset(serif ? 'front.css' : 'app.css')} />
      {view.accent !== 'default' && (
        <link rel="stylesheet" href={`/assets/theme.css?accent=${encodeURIComponent(view.accent)}`} />
      )}
      <link rel="icon" href={view.image('favicon') ?? view.asset('favicon.svg')} />
      {['app', ...islands].map((name) => (
        <script type="module" src={view.asset(`islands/${name}.js`)} />
      ))}
    </head>
    <body class={look}>{children}</body>
  </html>
)
