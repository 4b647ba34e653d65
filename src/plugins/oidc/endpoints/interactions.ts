// The steps of an interaction over REST, as Pocket ID's pages and other clients know them.
import { Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import * as v from 'valibot'
import { describe, valid } from '#core/http/contract.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { cookieName } from '#core/identity/session.ts'
import type { AppSignIn } from '#core/ports.ts'
import type { Provider } from '../provider.ts'

const Step = v.picklist(['authenticate', 'select_account', 'reauthenticate', 'consent'])
export const ScopeInfo = v.object({ key: v.string(), name: v.string(), description: v.string() })
export const AppMeta = v.object({
  id: v.string(),
  name: v.string(),
  hasLogo: v.boolean(),
  hasDarkLogo: v.boolean(),
  clientType: v.string(),
})
const Interaction = v.object({
  id: v.string(),
  scopes: v.array(v.string()),
  scopeInfo: v.array(ScopeInfo),
  client: AppMeta,
  currentStep: v.optional(Step),
  requiredSteps: v.array(Step),
  agreement: v.string(),
})
const Completed = v.object({ interaction: v.optional(Interaction), redirectUrl: v.optional(v.string()) })

const tag = 'OIDC'
const refusals = ['oidc_interaction_not_found', 'oidc_access_denied']

export function interactionEndpoints({ host }: Provider, signIn: AppSignIn): Hono<HostEnv> {
  const cookie = cookieName(host.core.appUrl, 'reauthentication_token', '__Secure-')
  return new Hono<HostEnv>()
    .get(
      '/api/oidc/interactions/:id',
      describe({
        id: 'getInteraction',
        tag,
        summary: "What a person has to do for an app's request",
        answers: { 200: Interaction },
        refusals,
      }),
      async (c) => c.json(await signIn.interaction(c.req.param('id'), c.get('actor'))),
    )
    .post(
      '/api/oidc/interactions/:id/complete',
      describe({
        id: 'completeInteraction',
        tag,
        summary: 'Take the next step of an interaction',
        answers: { 200: Completed },
        refusals: [...refusals, 'oidc_interaction_step', 'reauthentication_required', 'api_key_auth_not_allowed'],
      }),
      host.identity.requireBrowser,
      valid('json', v.object({ step: Step, agreement: v.optional(v.string()) })),
      async (c) => {
        const token = getCookie(c, cookie) ?? ''
        const taken = { ...c.req.valid('json'), reauthenticationToken: token }
        return c.json(await signIn.complete(c.req.param('id'), actorOf(c), taken))
      },
    )
    .post(
      '/api/oidc/interactions/:id/decline',
      describe({
        id: 'declineInteraction',
        tag,
        summary: 'Tell the app that the person said no',
        answers: { 200: v.object({ redirectUrl: v.string() }) },
        refusals,
      }),
      host.identity.requireBrowser,
      async (c) => c.json(await signIn.decline(c.req.param('id'))),
    )
}
