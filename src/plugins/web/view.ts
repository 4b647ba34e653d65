// One look at a request: who asks, in which language and colours, and what the frame around the page needs.
import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import type { HostEnv, UserRow } from '#core/identity/actor.ts'
import { type ImageName, instanceImages } from '#core/images-port.ts'
import type { Host, NavItem } from '#core/kernel/plugin.ts'
import type { Assets } from './assets.ts'
import { pickLanguage } from './language.ts'
import type { Language } from './messages/languages.ts'
import { type Words, wordsOf } from './messages/messages.ts'

/** What every page plugin part works with. */
export interface WebHost {
  readonly host: Host
  readonly assets: Assets
}

export type Theme = 'system' | 'light' | 'dark'

/** Everything a page needs to know besides its own matter. */
export interface View extends Words {
  readonly language: Language
  readonly theme: Theme
  /** Undefined while nobody is signed in. */
  readonly user: UserRow | undefined
  readonly appName: string
  readonly appUrl: string
  readonly accent: string
  readonly still: boolean
  readonly nav: readonly NavItem[]
  /** Path and query of this request, to come back to. */
  readonly here: string
  readonly path: string
  /** A word of `messages.done`, after a redirect. */
  readonly done: string | undefined
  readonly now: Date
  asset(name: string): string
  /** Where a picture of the instance is; undefined where none was put up. */
  image(name: ImageName): string | undefined
}

export const themeCookie = 'theme'
export const languageCookie = 'language'

/** The view of a request in its handler. */
export const viewOf = ({ host, assets }: WebHost, c: Context<HostEnv>): View => ({
  ...frame({ host, assets }, c.req.url, c.get('actor')?.user),
  ...look(c.get('actor')?.user.locale, {
    theme: getCookie(c, themeCookie),
    language: getCookie(c, languageCookie),
    accepted: c.req.header('accept-language'),
  }),
})

/** The view of a request that failed: nothing is known of it but what the browser sent. */
export function bareView(web: WebHost, request: Request): View {
  const cookies = new Map(
    request.headers
      .get('cookie')
      ?.split(/;\s*/)
      .map((pair) => pair.split('=', 2) as [string, string]),
  )
  const theme = cookies.get(themeCookie)
  const language = cookies.get(languageCookie)
  const accepted = request.headers.get('accept-language') ?? undefined
  return { ...frame(web, request.url, undefined), ...look(undefined, { theme, language, accepted }) }
}

function frame({ host, assets }: WebHost, address: string, user: UserRow | undefined) {
  const url = new URL(address)
  const { appName, appUrl, accentColor, disableAnimations } = host.core
  const done = url.searchParams.get('done') ?? undefined
  url.searchParams.delete('done')
  return {
    user,
    appName,
    appUrl,
    accent: accentColor,
    still: disableAnimations,
    nav: host.nav().filter((item) => user && (item.for === 'user' || user.isAdmin)),
    here: url.pathname + url.search,
    path: url.pathname,
    done,
    now: host.clock.now(),
    asset: assets.href,
    image: (name: ImageName) => imageAddress(host, name),
  }
}

/** It changes with the picture, so that a new one is seen at once. */
export function imageAddress({ seek }: Pick<Host, 'seek'>, name: ImageName): string | undefined {
  const image = seek(instanceImages)?.current().get(name)
  const query = name === 'logo-dark' ? 'light=false&' : ''
  return image && `/api/application-images/${name === 'logo-dark' ? 'logo' : name}?${query}v=${image.digest.slice(0, 10)}`
}

interface Wishes {
  readonly theme: string | undefined
  readonly language: string | undefined
  readonly accepted: string | undefined
}

function look(
  locale: string | null | undefined,
  { theme, language: chosen, accepted }: Wishes,
): Words & Pick<View, 'language' | 'theme'> {
  const language = pickLanguage({ locale, chosen, accepted })
  return { ...wordsOf(language), language, theme: theme === 'light' || theme === 'dark' ? theme : 'system' }
}
