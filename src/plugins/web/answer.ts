// A page as an answer: markup to bytes, compressed where the browser takes it; and the ways to send somebody on.
import type { Context } from 'hono'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { HostEnv } from '#core/identity/actor.ts'
import { compress, takesBrotli } from './assets.ts'

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

const quickQuality = 5

/** The page as bytes with their headers. Pages show somebody's own data, so nothing keeps them. */
async function packed(markup: Markup, request: Request) {
  const bytes = new TextEncoder().encode(`<!doctype html>${await markup}`)
  const headers = new Headers({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    vary: 'accept-encoding',
  })
  if (!takesBrotli(request.headers.get('accept-encoding') ?? undefined)) return { bytes, headers }
  headers.set('content-encoding', 'br')
  return { bytes: await compress(bytes, quickQuality), headers }
}

/** The page as a response, where there is no context any more. */
export async function pageResponse(markup: Markup, request: Request, status = 200): Promise<Response> {
  const { bytes, headers } = await packed(markup, request)
  return new Response(bytes, { status, headers })
}

/** The page as the answer to a request, with the cookies that were set on the way. */
export async function page(c: Context<HostEnv>, markup: Markup, status = 200): Promise<Response> {
  const { bytes, headers } = await packed(markup, c.req.raw)
  return c.newResponse(bytes, { status: status as ContentfulStatusCode, headers })
}

/** After a change: the page by GET, so that reloading does not change it again. */
export const goTo = (c: Context<HostEnv>, path: string, done?: string): Response =>
  c.redirect(done ? `${path}${path.includes('?') ? '&' : '?'}done=${done}` : path, 303)
