// What every page needs: its files, the instance's colour, and the choice of language and theme.
import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { safePath } from '#core/http/safe-path.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import { goTo } from '../answer.ts'
import { type Asset, takesBrotli } from '../assets.ts'
import { readForm } from '../forms.ts'
import { languages } from '../messages/languages.ts'
import { imageAddress, languageCookie, themeCookie, type WebHost } from '../view.ts'

const yearSeconds = 31_536_000

export function frameRoutes({ host, assets }: WebHost): Hono<HostEnv> {
  const cookie = {
    path: '/',
    sameSite: 'Lax',
    httpOnly: true,
    maxAge: yearSeconds,
    secure: host.core.appUrl.startsWith('https:'),
  } as const
  return new Hono<HostEnv>()
    .get('/assets/theme.css', (c) => {
      const accent = host.core.accentColor
      c.header('content-type', 'text/css; charset=utf-8')
      return c.body(accent === 'default' ? '' : `:root{--given:${accent}}`)
    })
    .get('/assets/:name{.+}', async (c) => {
      const asset = assets.find(c.req.param('name'))
      return asset ? file(asset, c.req.header('accept-encoding'), c.req.query('v') === asset.version) : c.notFound()
    })
    .get('/favicon.ico', (c) => c.redirect(imageAddress(host, 'favicon') ?? assets.href('favicon.svg')))
    .post('/preferences', async (c) => {
      const form = await readForm(c)
      const theme = form.text('theme')
      const language = form.text('language')
      if (['system', 'light', 'dark'].includes(theme)) setCookie(c, themeCookie, theme, cookie)
      if (languages.some((one) => one === language)) setCookie(c, languageCookie, language, cookie)
      return goTo(c, safePath(form.text('next'), '/'))
    })
}

/** @param named asked for by its content's name, so that it can never change */
async function file(asset: Asset, acceptEncoding: string | undefined, named: boolean): Promise<Response> {
  const headers = new Headers({
    'content-type': asset.type,
    'cache-control': named ? `public, max-age=${yearSeconds}, immutable` : 'no-cache',
    vary: 'accept-encoding',
  })
  const packed = takesBrotli(acceptEncoding) ? await asset.brotli() : undefined
  if (packed) headers.set('content-encoding', 'br')
  return new Response(packed ?? asset.bytes, { headers })
}
