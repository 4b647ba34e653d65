// An authorization request on its way: understood, weighed against who is there, answered with a code.
import type { UserActor } from '#core/identity/actor.ts'
import { type Agreement, agreedTo, remember } from './consents.ts'
import type { NewGrant } from './grants.ts'
import type { Parameters } from './parts.ts'
import { acrOf, passkeyAcr, passkeyAmr } from './protocol/acr.ts'
import { type AuthorizeRequest, readResponseMode, understand } from './protocol/authorize-request.ts'
import type { Answer } from './protocol/authorize-response.ts'
import { consentKeys, covers, scopeToAgree } from './protocol/consent.ts'
import { OAuthError } from './protocol/errors.ts'
import { demandGrant } from './protocol/grant-types.ts'
import { type NextSteps, nextSteps } from './protocol/prompt.ts'
import { matchesRedirect, redirectUriFault } from './protocol/redirect-uri.ts'
import type { Provider } from './provider.ts'
import { RefusedRequest, Unanswerable } from './refusals.ts'
import { saidInside, withRequestObject } from './request-sources.ts'
import type { ClientRow, InteractionRow } from './tables.ts'

/** A request that was understood. */
export interface Asked {
  readonly client: ClientRow
  readonly request: AuthorizeRequest
  readonly scope: readonly string[]
  readonly resources: readonly string[]
  /** What the request becomes when it has to wait. */
  readonly parameters: Parameters
  readonly pushedHash: string | null
  /** False while the client has no callback registered and learns this one when somebody has agreed. */
  readonly isTrusted: boolean
}

/** What a person has to agree to for this request. */
export const agreementOf = ({ client, request, scope, resources }: Asked): Agreement => ({
  client,
  scope: scopeToAgree(scope, request.claims),
  resources,
})

/** The same, as it is remembered. */
export function keysToAgree(asked: Asked): readonly string[] {
  const { scope, resources } = agreementOf(asked)
  return consentKeys(scope, resources)
}

/** Where somebody was seen doing what an app asked for. */
export interface Origin {
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

/**
 * Understands a request as it came.
 *
 * @param isPushed it comes from the client itself, which proved who it is
 * @throws Unanswerable, RefusedRequest
 */
export async function understandRequest(provider: Provider, sent: Parameters, { isPushed = false } = {}): Promise<Asked> {
  const client = await knownClient(provider, sent.client_id)
  const { parameters, pushedHash } = await wholeRequest(provider, client, sent)
  return ask(provider, client, parameters, pushedHash, isPushed || pushedHash !== null)
}

/** Understands a request again that waited for a person. @throws Unanswerable, RefusedRequest */
export async function resumeRequest(provider: Provider, row: InteractionRow): Promise<Asked> {
  return ask(provider, await knownClient(provider, row.clientId), row.parameters, row.pushedHash, row.pushedHash !== null)
}

async function knownClient({ clients }: Provider, id: string | undefined): Promise<ClientRow> {
  const client = id === undefined ? undefined : await clients.find(id)
  if (!client) throw new Unanswerable('oidc_client_not_found', id === undefined ? {} : { client_id: id })
  return client
}

/** Puts in what was pushed, or what the client signed. */
async function wholeRequest(provider: Provider, client: ClientRow, sent: Parameters) {
  const { request_uri: uri } = sent
  if (uri !== undefined) {
    const pushed = await provider.pushed.find(uri, client.id)
    if (pushed) return { parameters: pushed.parameters, pushedHash: pushed.hash }
    const isElsewhere = /^https?:/i.test(uri)
    if (!isElsewhere) throw new Unanswerable('oidc_request_uri_invalid', { client_id: client.id })
    const why = new OAuthError('request_uri_not_supported', 'Only requests that were pushed here have a request_uri.')
    throw besides(provider, client, sent, why) ?? new Unanswerable('oidc_request_uri_invalid', { client_id: client.id })
  }
  try {
    return { parameters: await withRequestObject(provider, client, sent), pushedHash: null }
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    const said = { ...sent, ...saidInside(sent.request) }
    throw (
      besides(provider, client, said, error) ??
      besides(provider, client, sent, error) ??
      new Unanswerable('oidc_request_object_invalid', { client_id: client.id })
    )
  }
}

/** What stands in a bad request object, beside it, or beside one that is elsewhere, is good enough to say so, if its redirect URI is registered. */
function besides(provider: Provider, client: ClientRow, sent: Parameters, why: OAuthError): RefusedRequest | undefined {
  const { redirect_uri: redirectUri, state } = sent
  if (redirectUri === undefined || !isAmong(provider, redirectUri, client.callbackUrls)) return undefined
  return new RefusedRequest(why, { redirectUri, responseMode: readResponseMode(sent), state })
}

/** Registered, and still allowed: an address over http may have been registered, or fit a wildcard, before that was switched off. */
const isAmong = ({ host }: Provider, redirectUri: string, registered: readonly string[]): boolean =>
  redirectUriFault(redirectUri, host.settings.allowInsecureCallbackUrls) === undefined && matchesRedirect(redirectUri, registered)

async function ask(
  provider: Provider,
  client: ClientRow,
  parameters: Parameters,
  pushedHash: string | null,
  isPushed: boolean,
): Promise<Asked> {
  const { redirect_uri: redirectUri, state } = parameters
  if (redirectUri === undefined) throw new Unanswerable('oidc_callback_url_missing', { client_id: client.id })
  const isTrusted = isAmong(provider, redirectUri, client.callbackUrls)
  const learns = client.callbackUrls.length === 0 && client.origin === 'admin' && isAmong(provider, redirectUri, [redirectUri])
  if (!isTrusted && !learns)
    throw new Unanswerable('oidc_invalid_callback_url', { client_id: client.id, redirect_uri: redirectUri })
  try {
    demandGrant(client, 'authorization_code')
    if (client.requiresPushedRequests && !isPushed) {
      throw new OAuthError('invalid_request', 'This client must push its requests first (RFC 9126).')
    }
    const request = understand(parameters, redirectUri, client)
    const granted = await provider.resources.resolve(client, { ...request, subject: 'user' })
    return { client, request, ...granted, parameters, pushedHash, isTrusted }
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    if (!isTrusted) throw new Unanswerable('oidc_authorization_failed', { client_id: client.id })
    throw new RefusedRequest(error, { redirectUri, responseMode: readResponseMode(parameters), state })
  }
}

/** Where the person stands: who they are, when and how they proved it, in this session or for this request. */
export interface Present {
  readonly actor: UserActor
  readonly authTime: Date
  readonly amr: readonly string[]
  readonly freshProof: boolean
}

/** Undefined unless a person sits at a browser. An API key is nobody who could agree to anything. */
export function presentOf(asked: Asked, actor: UserActor | undefined, row: InteractionRow | undefined): Present | undefined {
  const session = actor?.session
  if (!actor || !session) return undefined
  const mine = row?.userId === actor.user.id ? row : undefined
  if (mine?.reauthenticatedAt) {
    return { actor, authTime: mine.reauthenticatedAt, amr: passkeyAmr, freshProof: true }
  }
  const hasPasskey = acrOf(session.amr) === passkeyAcr
  const signedInForThis = row !== undefined && session.createdAt >= row.createdAt
  const wantsPasskey = asked.client.requiresReauthentication || asked.request.essentialAcr !== undefined
  const freshProof = signedInForThis && (hasPasskey || !wantsPasskey)
  return { actor, authTime: session.createdAt, amr: session.amr, freshProof }
}

/** What is left to do, for these people and this request. */
export async function stepsFor(
  provider: Provider,
  asked: Asked,
  present: Present | undefined,
  row: InteractionRow | undefined,
): Promise<NextSteps> {
  const { client, request } = asked
  const mine = present && row?.userId === present.actor.user.id ? row : undefined
  const wanted = request.essentialAcr
  if (wanted && !wanted.includes(passkeyAcr)) {
    return {
      kind: 'refused',
      code: 'unmet_authentication_requirements',
      why: 'None of the essential acr values can be reached here.',
    }
  }
  return nextSteps({
    now: Math.floor(provider.host.clock.now().getTime() / 1000),
    prompt: request.prompt,
    ...(request.maxAge === undefined ? {} : { maxAge: request.maxAge }),
    ...(present ? { authenticatedAt: Math.floor(present.authTime.getTime() / 1000) } : {}),
    someoneElse: present !== undefined && (await isSomeoneElse(provider, request, present)),
    passkeyMissing: wanted !== undefined && present !== undefined && acrOf(present.amr) !== passkeyAcr,
    clientWantsFreshProof: client.requiresReauthentication,
    agreedBefore:
      client.skipConsent || (present !== undefined && (await agreedTo(provider.host, agreementOf(asked), present.actor.user.id))),
    done: {
      freshProof: present?.freshProof ?? false,
      accountSelected: mine?.accountSelected ?? false,
      // More than that may have been granted to the app meanwhile: then they are asked once more.
      consented: covers(mine?.agreed ?? undefined, keysToAgree(asked)),
    },
  })
}

async function isSomeoneElse({ tokens }: Provider, request: AuthorizeRequest, { actor }: Present): Promise<boolean> {
  const { subject, idTokenHint, prompt } = request
  if (subject !== undefined && subject !== actor.user.id) return true
  if (idTokenHint === undefined) return false
  const hint = await tokens.readHint(idTokenHint)
  // One that cannot be read, such as one of keys long gone, names nobody. Who is there can be asked; a silent request cannot know.
  return hint ? hint.subject !== actor.user.id : prompt.includes('none')
}

/**
 * Spends the request and issues a code, in one transaction: of several answers to one request one gets through.
 *
 * @throws Unanswerable when the request was answered before, or another callback was learnt meanwhile
 */
export async function issueCode(
  provider: Provider,
  asked: Asked,
  present: Present,
  row: InteractionRow | undefined,
  origin: Origin,
): Promise<Answer> {
  const { client, request, pushedHash } = asked
  const { host, grants, interactions, pushed, clients, logouts, issuer } = provider
  if (!asked.isTrusted && !(await clients.learnCallback(client, request.redirectUri))) {
    throw new Unanswerable('oidc_invalid_callback_url', { client_id: client.id, redirect_uri: request.redirectUri })
  }
  const binding = {
    redirectUri: request.redirectUri,
    challenge: request.challenge,
    nonce: request.nonce,
    dpopThumbprint: request.dpopThumbprint,
  }
  const outcome = await host.db.writeTogether(async (tx) => {
    if (row && !(await interactions.spend(tx, row))) return undefined
    if (pushedHash !== null && !(await pushed.spend(tx, pushedHash))) return undefined
    const isFirst = await remember(host, tx, agreementOf(asked), present.actor.user.id)
    await logouts.watch(tx, client, present.actor)
    return { isFirst, code: await grants.issueCode(tx, newGrant(asked, present), binding) }
  })
  if (!outcome) throw new Unanswerable('oidc_interaction_not_found', { client_id: client.id })
  host.events.publish('app.authorized', {
    userId: present.actor.user.id,
    clientId: client.id,
    clientName: client.name,
    isFirst: outcome.isFirst,
    byDevice: false,
    ...origin,
  })
  return { code: outcome.code, iss: issuer, ...(request.state === undefined ? {} : { state: request.state }) }
}

function newGrant({ client, request, scope, resources }: Asked, { actor, authTime, amr }: Present): NewGrant {
  return {
    clientId: client.id,
    userId: actor.user.id,
    sessionId: actor.session?.id ?? null,
    scope: scope.join(' '),
    resources,
    claims: request.claims ?? null,
    authTime,
    acr: acrOf(amr) ?? null,
    amr,
  }
}
