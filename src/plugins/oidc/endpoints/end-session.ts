// Signing out because an app asks (OpenID Connect RP-Initiated Logout 1.0): at once with an ID token of ours, else only after asking the person.
import { eq } from 'drizzle-orm'
import { type Context, Hono } from 'hono'
import { sessions } from '#core/db/tables.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import type { Parameters } from '../parts.ts'
import { answerUrl, asciiAddress } from '../protocol/authorize-response.ts'
import { readParameters } from '../protocol/parameters.ts'
import { matchesRedirect } from '../protocol/redirect-uri.ts'
import type { Provider } from '../provider.ts'
import { errorPage, Unanswerable } from '../refusals.ts'
import { sidOf } from '../session-id.ts'
import type { ClientRow } from '../tables.ts'
import type { HintClaims } from '../tokens.ts'

const path = '/api/oidc/end-session'
/** Names what an ID token proved that came in a form. */
const proof = 'proof'
const purpose = 'oidc-end-session'
/** Where a person is asked whether to sign out. */
const askPage = '/logout'
/** Where it says that somebody is signed out. */
const afterwards = '/login?done=signedOut'

export function endSessionEndpoint(provider: Provider): Hono<HostEnv> {
  return new Hono<HostEnv>()
    .get(path, async (c) => {
      try {
        return await endSession(provider, c, read(new URL(c.req.url).searchParams))
      } catch (error) {
        if (error instanceof Unanswerable) return c.redirect(errorPage(error))
        throw error
      }
    })
    .post(path, async (c) => {
      // A form of another site brings no cookie that counts; an address does.
      return c.redirect(`${path}?${await withShortProof(provider, new URLSearchParams(await c.req.text()))}`, 303)
    })
}

/** An ID token with many groups is too long for an address, so what it proves goes there in its place, sealed. */
async function withShortProof({ tokens, host }: Provider, sent: URLSearchParams): Promise<URLSearchParams> {
  const [token, another] = sent.getAll('id_token_hint')
  if (token === undefined || another !== undefined) return sent
  const hint = await tokens.readHint(token)
  sent.delete('id_token_hint')
  if (hint) sent.append(proof, host.vault.seal(purpose, JSON.stringify(hint)))
  return sent
}

function readProof({ host }: Provider, sealed: string): HintClaims | undefined {
  try {
    return JSON.parse(host.vault.open(purpose, sealed)) as HintClaims
  } catch {
    // Made up: it proves nothing.
    return undefined
  }
}

const hintOf = async (
  provider: Provider,
  { id_token_hint: token, [proof]: sealed }: Parameters,
): Promise<HintClaims | undefined> =>
  sealed === undefined ? (token === undefined ? undefined : provider.tokens.readHint(token)) : readProof(provider, sealed)

async function endSession(provider: Provider, c: Context<HostEnv>, asked: Parameters): Promise<Response> {
  const hint = await hintOf(provider, asked)
  if (hint && asked.client_id !== undefined && asked.client_id !== hint.clientId) {
    throw new Unanswerable('oidc_client_id_not_matching', { client_id: asked.client_id })
  }
  const client = hint && (await provider.clients.find(hint.clientId))
  const actor = c.get('actor')
  // Without proof that the app knows this person, any page could sign people out.
  if (!hint || !client || (actor && actor.user.id !== hint.subject)) return c.redirect(askPage)
  const target = whereTo(client, asked)
  await end(provider, c, hint)
  return c.redirect(target ?? afterwards)
}

/** @throws Unanswerable for an address that is not registered */
function whereTo(client: ClientRow, { post_logout_redirect_uri: target, state }: Parameters): string | undefined {
  // Apps name a place of their own accord, whether an administrator registered one or not: then signing out ends here, as Pocket ID has it.
  if (target === undefined || client.logoutCallbackUrls.length === 0) return undefined
  if (!matchesRedirect(target, client.logoutCallbackUrls)) {
    throw new Unanswerable('oidc_invalid_logout_callback_url', { client_id: client.id, redirect_uri: target })
  }
  return state === undefined ? asciiAddress(target) : answerUrl(target, 'query', { state })
}

/** Ends the session that the ID token came from, and this browser's. */
async function end({ host, grants, logouts }: Provider, c: Context<HostEnv>, hint: HintClaims): Promise<void> {
  const theirs = await host.db.read.select({ id: sessions.id }).from(sessions).where(eq(sessions.userId, hint.subject))
  const named = theirs.find(({ id }) => sidOf(host.vault, id) === hint.sid)
  const current = c.get('actor')?.session?.id
  for (const sessionId of new Set([named?.id, current])) {
    if (sessionId !== undefined) await grants.revokeOfSession(sessionId, hint.clientId)
  }
  if (named) await host.identity.sessions.revoke(named.id)
  if (current !== undefined) await host.identity.sessions.end(c)
  logouts.tell().catch((error: unknown) => host.log.error('Apps could not be told of a sign-out', { error }))
}

function read(sent: URLSearchParams): Parameters {
  const result = readParameters(sent)
  if (result.kind === 'refused') throw new Unanswerable('oidc_request_ambiguous', {})
  return result.parameters
}
