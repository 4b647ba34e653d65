// Pushed authorization requests (RFC 9126): checked as /authorize would, kept, and named by a request_uri.
import { Hono } from 'hono'
import type { HostEnv } from '#core/identity/actor.ts'
import { answerPreflight, forApps } from '../answers.ts'
import { understandRequest } from '../authorization.ts'
import { readForm } from '../form.ts'
import { OAuthError } from '../protocol/errors.ts'
import type { Provider } from '../provider.ts'
import { RefusedRequest, Unanswerable } from '../refusals.ts'
import { pushedLifetimeSeconds } from '../request-sources.ts'

/** How the client proves itself is no part of what it asks for. */
const proof = ['client_secret', 'client_assertion', 'client_assertion_type']

export function pushedRequestEndpoint(provider: Provider): Hono<HostEnv> {
  const { authentication, proofs, pushed } = provider
  return new Hono<HostEnv>().options('/api/oidc/par', answerPreflight).post(
    '/api/oidc/par',
    forApps(async (c) => {
      const form = await readForm(c.req.raw)
      const client = await authentication.authenticate(c.req.raw, form)
      if (form.request_uri !== undefined) throw new OAuthError('invalid_request', 'request_uri cannot be pushed.')
      if (form.client_id !== undefined && form.client_id !== client.id) {
        throw new OAuthError('invalid_request', 'client_id is not the client that proved itself.')
      }
      const thumbprint = await proofs.thumbprint(c.req.raw)
      const asked = Object.fromEntries(Object.entries(form).filter(([name]) => !proof.includes(name)))
      const bound = thumbprint === undefined ? {} : { dpop_jkt: thumbprint }
      const { parameters } = await checked(provider, { ...bound, ...asked, client_id: client.id })
      // Whether it stands in the form or in a request object (RFC 9449 section 10.1).
      if (thumbprint !== undefined && parameters.dpop_jkt !== thumbprint) {
        throw new OAuthError('invalid_dpop_proof', 'dpop_jkt is not the key of the DPoP proof.')
      }
      const uri = await pushed.push(client, { ...parameters, client_id: client.id })
      return c.json({ request_uri: uri, expires_in: pushedLifetimeSeconds }, 201)
    }),
  )
}

/** The client itself is asking, so it hears what is wrong in its own answer. */
async function checked(provider: Provider, parameters: Readonly<Record<string, string>>) {
  try {
    return await understandRequest(provider, parameters, { isPushed: true })
  } catch (error) {
    if (error instanceof RefusedRequest) throw error.refusal
    if (error instanceof Unanswerable)
      throw new OAuthError('invalid_request', words[error.code] ?? 'The request cannot be answered.')
    throw error
  }
}

const words: Readonly<Record<string, string>> = {
  oidc_callback_url_missing: 'redirect_uri is missing.',
  oidc_invalid_callback_url: 'redirect_uri is not registered for this client.',
  oidc_request_object_invalid: 'The request object is not signed by the client.',
}
