// Pure: what a person still has to do before an app gets its answer (OpenID Connect Core section 3.1.2.1, prompt and max_age).
import type { InteractionStep } from '#core/ports.ts'
import type { OAuthErrorCode } from './errors.ts'

export type Prompt = 'none' | 'login' | 'consent' | 'select_account'

/** What is known when the question is asked. Times are in seconds. */
export interface Situation {
  readonly now: number
  readonly prompt: readonly Prompt[]
  readonly maxAge?: number
  /** When the person in front of us proved who they are, in this session or just now; absent when nobody is signed in. */
  readonly authenticatedAt?: number
  /** Whether that is another one than the app's id_token_hint names. */
  readonly someoneElse: boolean
  /** Whether the app insists on a passkey and the session began otherwise. */
  readonly passkeyMissing: boolean
  /** Whether the client always wants a fresh gesture. */
  readonly clientWantsFreshProof: boolean
  /** Whether everything that is asked for was agreed to before, or needs no agreement. */
  readonly agreedBefore: boolean
  /** What was done for this very request. */
  readonly done: { readonly freshProof: boolean; readonly accountSelected: boolean; readonly consented: boolean }
}

export type NextSteps =
  | { readonly kind: 'go' }
  | { readonly kind: 'steps'; readonly steps: readonly InteractionStep[] }
  | { readonly kind: 'refused'; readonly code: OAuthErrorCode; readonly why: string }

/** The steps that are left, in the order in which they are taken; for prompt=none the reason why there may be none. */
export function nextSteps(situation: Situation): NextSteps {
  const steps = stepsLeft(situation)
  if (steps.length === 0) return { kind: 'go' }
  return situation.prompt.includes('none') ? silentRefusal(steps) : { kind: 'steps', steps }
}

function stepsLeft(at: Situation): readonly InteractionStep[] {
  const { done, prompt } = at
  const steps: InteractionStep[] = []
  if (at.authenticatedAt === undefined || at.someoneElse) steps.push('authenticate')
  if (prompt.includes('select_account') && !done.accountSelected) steps.push('select_account')
  // Who signs in because of this request proves it freshly by that, so nobody is asked twice.
  if (at.authenticatedAt !== undefined && !at.someoneElse && wantsFreshProof(at) && !done.freshProof) steps.push('reauthenticate')
  if ((prompt.includes('consent') || !at.agreedBefore) && !done.consented) steps.push('consent')
  return steps
}

const wantsFreshProof = (at: Situation): boolean =>
  at.prompt.includes('login') || at.clientWantsFreshProof || at.passkeyMissing || isTooOld(at)

const isTooOld = ({ maxAge, authenticatedAt = 0, now }: Situation): boolean =>
  maxAge !== undefined && (maxAge === 0 || now - authenticatedAt > maxAge)

function silentRefusal(steps: readonly InteractionStep[]): NextSteps {
  const [first] = steps
  if (first === 'consent') return { kind: 'refused', code: 'consent_required', why: 'The user has not agreed to this yet.' }
  return { kind: 'refused', code: 'login_required', why: 'The user must sign in.' }
}
