// The authorization endpoint (RFC 6749 section 3.1): understood, weighed, and answered with a code, an error, or a page for the person.
import { type Context, Hono } from 'hono'
import { sha256 } from '#core/crypto.ts'
import { clientAddress } from '#core/http/client-address.ts'
import { keepsOpener } from '#core/http/letterhead.ts'
import { createRateLimiter } from '#core/http/limits.ts'
import { type HostEnv, isDisabled } from '#core/identity/actor.ts'
import { type Asked, issueCode, presentOf, resumeRequest, stepsFor, understandRequest } from '../authorization.ts'
import type { Parameters } from '../parts.ts'
import { type Answer, answerUrl, formPostPage, formPostPolicy, formPostScript } from '../protocol/authorize-response.ts'
import { OAuthError } from '../protocol/errors.ts'
import { readParameters } from '../protocol/parameters.ts'
import type { Provider } from '../provider.ts'
import { errorPage, RefusedRequest, type ReturnAddress, Unanswerable } from '../refusals.ts'
import type { InteractionRow } from '../tables.ts'

export function authorizeEndpoint(provider: Provider): Hono<HostEnv> {
  const { host, issuer } = provider
  const { limit } = createRateLimiter(host.clock, host.core.disableRateLimiting)

  const refuse = (c: Context<HostEnv>, error: unknown): Response => {
    if (error instanceof Unanswerable) {
      c.set('refusal', error.code)
      return c.redirect(errorPage(error))
    }
    if (!(error instanceof RefusedRequest)) throw error
    const { refusal, to } = error
    c.set('refusal', refusal.code)
    const state = to.state === undefined ? {} : { state: to.state }
    return send(c, to, { error: refusal.code, error_description: refusal.message, iss: issuer, ...state })
  }

  return (
    new Hono<HostEnv>()
      // As wide as the interface's own limit: whoever is not signed in leaves a row with each request.
      .use('/authorize', keepsOpener, limit({ perSecond: 100, burst: 300 }))
      .get('/authorize', async (c) => {
        c.header('cache-control', 'no-store')
        try {
          const sent = read(new URL(c.req.url).searchParams)
          const row = sent.interaction === undefined ? undefined : await waiting(provider, sent.interaction)
          const asked = await (row ? resumeRequest(provider, row) : understandRequest(provider, sent))
          return await answer(c, asked, row, sent.interaction)
        } catch (error) {
          return refuse(c, error)
        }
      })
      .post('/authorize', async (c) => {
        // Another site's form brings no cookie that counts, so it waits as a request of nobody and goes on as an address.
        try {
          const asked = await understandRequest(provider, read(new URLSearchParams(await c.req.text())))
          const { client, parameters, pushedHash } = asked
          const id = await provider.interactions.begin({ clientId: client.id, parameters, pushedHash })
          return c.redirect(`/authorize?interaction=${id}`, 303)
        } catch (error) {
          return refuse(c, error)
        }
      })
  )

  async function answer(
    c: Context<HostEnv>,
    asked: Asked,
    row: InteractionRow | undefined,
    id: string | undefined,
  ): Promise<Response> {
    const { client, request } = asked
    const silent = request.prompt.includes('none')
    const deny = (error: OAuthError) => {
      if (!asked.isTrusted) throw new Unanswerable('oidc_access_denied', { client_id: client.id })
      throw new RefusedRequest(error, request)
    }
    if (row?.declined) {
      await provider.host.db.write((tx) => provider.interactions.spend(tx, row))
      return deny(new OAuthError('access_denied', 'The user said no.'))
    }
    const actor = c.get('actor')
    const present = presentOf(asked, actor && isDisabled(actor.user) ? undefined : actor, row)
    if (present && !(await provider.clients.admits(client, present.actor.user.id))) {
      // People see why on our own page; a silent request has nobody to show it to.
      if (silent) return deny(new OAuthError('access_denied', 'The user may not use this app.'))
      throw new Unanswerable('oidc_access_denied', { client_id: client.id })
    }
    const next = await stepsFor(provider, asked, present, row)
    if (next.kind === 'refused') return deny(new OAuthError(next.code, next.why))
    if (next.kind === 'steps' || !present) {
      const { parameters, pushedHash } = asked
      const waitingId = id ?? (await provider.interactions.begin({ clientId: client.id, parameters, pushedHash }))
      return c.redirect(`/interaction?interaction=${waitingId}`)
    }
    const origin = { ipAddress: clientAddress(c), userAgent: c.req.header('user-agent') ?? null }
    return send(c, request, await issueCode(provider, asked, present, row, origin))
  }
}

/** A parameter that came twice makes every other one doubtful, the redirect URI first of all. */
function read(sent: URLSearchParams): Parameters {
  const result = readParameters(sent)
  if (result.kind === 'refused') throw new Unanswerable('oidc_request_ambiguous', {})
  return result.parameters
}

async function waiting({ interactions }: Provider, id: string): Promise<InteractionRow> {
  const row = await interactions.find(id)
  if (!row) throw new Unanswerable('oidc_interaction_not_found', {})
  return row
}

const base64 = (base64url: string) => base64url.replace(/-/g, '+').replace(/_/g, '/').padEnd(44, '=')
const scriptHash = base64(sha256(formPostScript))

function send(c: Context<HostEnv>, { redirectUri, responseMode }: ReturnAddress, answer: Answer): Response {
  if (responseMode !== 'form_post') return c.redirect(answerUrl(redirectUri, responseMode, answer))
  c.header('content-security-policy', formPostPolicy(scriptHash))
  return c.html(formPostPage(redirectUri, answer))
}
