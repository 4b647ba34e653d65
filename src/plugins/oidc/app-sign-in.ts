// What the pages ask people, offered as a port: the steps of an interaction, a device's code, and why a request failed.
import { sha256 } from '#core/crypto.ts'
import type { UserActor } from '#core/identity/actor.ts'
import type { AppInteraction, AppRefusal, AppSignIn, StepTaken } from '#core/ports.ts'
import { metaOf } from './app-meta.ts'
import { type Asked, agreementOf, keysToAgree, presentOf, resumeRequest, stepsFor } from './authorization.ts'
import { oidcErrors } from './errors.ts'
import { proveFreshly } from './fresh-proof.ts'
import type { Provider } from './provider.ts'
import { RefusedRequest, Unanswerable } from './refusals.ts'
import type { InteractionRow } from './tables.ts'

const { refuse } = oidcErrors

export function createAppSignIn(provider: Provider): AppSignIn {
  const { interactions, clients, resources, devices } = provider

  async function waiting(id: string): Promise<{ readonly row: InteractionRow; readonly asked: Asked }> {
    const row = await interactions.find(id)
    if (!row) throw refuse('oidc_interaction_not_found')
    try {
      return { row, asked: await resumeRequest(provider, row) }
    } catch (error) {
      // The client changed meanwhile: its callback is gone, or it may ask for less.
      if (error instanceof Unanswerable || error instanceof RefusedRequest)
        throw refuse('oidc_authorization_failed', { cause: error })
      throw error
    }
  }

  async function describe(id: string, row: InteractionRow, asked: Asked, actor: UserActor | undefined): Promise<AppInteraction> {
    const present = presentOf(asked, actor, row)
    if (present && !(await clients.admits(asked.client, present.actor.user.id))) throw refuse('oidc_access_denied')
    const next = await stepsFor(provider, asked, present, row)
    const steps = next.kind === 'steps' ? next.steps : []
    const [currentStep] = steps
    return {
      id,
      scopes: agreementOf(asked).scope,
      scopeInfo: await resources.describe(asked.resources, asked.scope),
      agreement: agreementName(asked, actor),
      client: await metaOf(provider.host, asked.client),
      ...(currentStep ? { currentStep } : {}),
      requiredSteps: steps,
    }
  }

  /** What a step writes down. Signing in and being somebody are read off the session. */
  async function take(
    id: string,
    asked: Asked,
    actor: UserActor,
    { step, reauthenticationToken }: StepTaken,
  ): Promise<InteractionRow | undefined> {
    const userId = actor.user.id
    if (step === 'select_account') return interactions.take(id, userId, { accountSelected: true })
    if (step === 'consent') return interactions.take(id, userId, { agreed: keysToAgree(asked) })
    if (step === 'authenticate') return interactions.find(id)
    await proveFreshly(provider.host, actor, reauthenticationToken)
    return interactions.take(id, userId, { reauthenticatedAt: provider.host.clock.now() })
  }

  return {
    async interaction(id, actor) {
      const { row, asked } = await waiting(id)
      return describe(id, row, asked, actor)
    },
    async complete(id, actor, taken) {
      const { step, agreement } = taken
      const { row, asked } = await waiting(id)
      const before = await describe(id, row, asked, actor)
      // Somebody who has just signed in says so with a step that is no longer there.
      const signedIn = step === 'authenticate' && !before.requiredSteps.includes('authenticate')
      if (before.currentStep !== undefined && before.currentStep !== step && !signedIn) throw refuse('oidc_interaction_step')
      if (step === 'consent' && agreement !== undefined && agreement !== before.agreement) return { interaction: before }
      const after = before.currentStep === step ? await take(id, asked, actor, taken) : row
      if (!after) throw refuse('oidc_interaction_not_found')
      const interaction = await describe(id, after, asked, actor)
      if (interaction.currentStep === 'authenticate' && step === 'authenticate') throw refuse('oidc_interaction_step')
      return interaction.currentStep ? { interaction } : { redirectUrl: `/authorize?interaction=${encodeURIComponent(id)}` }
    },
    async decline(id) {
      if (!(await interactions.decline(id))) throw refuse('oidc_interaction_not_found')
      return { redirectUrl: `/authorize?interaction=${encodeURIComponent(id)}` }
    },
    device: (userCode, actor) => devices.describe(userCode, actor),
    decideDevice: (userCode, actor, decision) => devices.decide(userCode, actor, decision),
    explain: (query, actor) => explain(provider, query, actor),
  }
}

/** Names what is on a consent page and who reads it, so that a page from before says yes to nothing else. */
const agreementName = (asked: Asked, actor: UserActor | undefined): string =>
  sha256(JSON.stringify([actor?.user.id, ...[...keysToAgree(asked)].sort()]))

type ErrorCode = keyof typeof oidcErrors.table
const isCode = (code: string | undefined): code is ErrorCode => code !== undefined && Object.hasOwn(oidcErrors.table, code)

/** The page's address is anybody's to write, so what it says is only ever one of our own sentences. */
async function explain(
  { clients }: Provider,
  query: Readonly<Record<string, string>>,
  actor: UserActor | undefined,
): Promise<AppRefusal> {
  const code = isCode(query.code) ? query.code : 'oidc_authorization_failed'
  const { message } = oidcErrors.table[code]
  if (!actor?.user.isAdmin) return { code, message, details: [] }
  const client = query.client_id === undefined ? undefined : await clients.find(query.client_id)
  const sent = (label: string, value: string | undefined) => (value === undefined ? [] : [{ label, values: [value] }])
  const allowed = {
    oidc_invalid_callback_url: client?.callbackUrls,
    oidc_invalid_logout_callback_url: client?.logoutCallbackUrls,
  }[code as string]
  return {
    code,
    message,
    details: [
      ...(client ? sent('App', client.name) : sent('Client ID, unknown here', query.client_id)),
      ...sent('Callback URL sent', query.redirect_uri),
      ...(allowed ? [{ label: 'Callback URLs allowed', values: allowed }] : []),
    ],
  }
}
