// In the browser: the passkey ceremonies. Finds each [data-passkey], runs the ceremony on a click, and goes on or says what happened.
import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser'
import { forget, tell } from './parts/passkey-signals.ts'

interface Words {
  readonly cancelled: string
  readonly unsupported: string
  readonly insecure: string
  readonly exists: string
  readonly failed: string
  readonly offline: string
  readonly refusals: Readonly<Record<string, string>>
}

type RequestOptions = Parameters<typeof startAuthentication>[0]['optionsJSON']

/** A refusal of the server, by its code. */
class Refused extends Error {
  readonly code: string
  readonly details: { readonly unknownCredential?: boolean }
  constructor({ code, details }: { readonly code?: unknown; readonly details?: Refused['details'] | null }) {
    super(String(code))
    this.code = String(code)
    this.details = details ?? {}
  }
}

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const sent =
    body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(path, sent)
  const answer: unknown = response.status === 204 ? undefined : await response.json()
  if (!response.ok) throw new Refused(answer as { code?: unknown })
  return answer as T
}

/** @param useBrowserAutofill waits in the list of suggestions of a field until somebody chooses */
async function prove(finish: string, useBrowserAutofill = false): Promise<void> {
  const optionsJSON = await ask<RequestOptions>('/api/webauthn/login/start')
  const answer = await startAuthentication({ optionsJSON, useBrowserAutofill })
  try {
    await ask(finish, answer)
  } catch (error) {
    if (error instanceof Refused && error.details.unknownCredential) await forget(optionsJSON.rpId, answer.id)
    throw error
  }
}

const ceremonies: Readonly<Record<string, () => Promise<void>>> = {
  'sign-in': () => prove('/api/webauthn/login/finish'),
  confirm: () => prove('/api/webauthn/reauthenticate'),
  async register() {
    const optionsJSON = await ask<Parameters<typeof startRegistration>[0]['optionsJSON']>('/api/webauthn/register/start')
    await ask('/api/webauthn/register/finish', await startRegistration({ optionsJSON }))
  },
}

function sentence(error: unknown, words: Words): string {
  if (error instanceof Refused) return words.refusals[error.code] ?? words.failed
  if (error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED') return words.exists
  const name = error instanceof Error ? error.name : ''
  if (name === 'InvalidStateError') return words.exists
  if (name === 'NotAllowedError' || name === 'AbortError') return words.cancelled
  if (name === 'SecurityError') return words.insecure
  return error instanceof TypeError ? words.offline : words.failed
}

const wordsOf = (place: HTMLElement) => JSON.parse(place.dataset.words ?? '{}') as Words

function say(place: HTMLElement, text: string): void {
  const notice = place.querySelector<HTMLElement>('[role=alert]')
  const message = place.querySelector<HTMLElement>('[data-message]')
  if (!notice || !message) return
  message.textContent = text
  notice.hidden = text === ''
}

for (const place of document.querySelectorAll<HTMLElement>('[data-passkey]')) {
  const button = place.querySelector('button')
  const words = wordsOf(place)
  if (!browserSupportsWebAuthn()) say(place, window.isSecureContext ? words.unsupported : words.insecure)
  button?.addEventListener('click', async () => {
    say(place, '')
    button.setAttribute('aria-busy', 'true')
    try {
      await ceremonies[place.dataset.passkey ?? '']?.()
      const form = place.closest('form')
      if (form) form.submit()
      else window.location.assign(place.dataset.next ?? '/')
    } catch (error) {
      say(place, sentence(error, words))
      button.removeAttribute('aria-busy')
    }
  })
}

/** Somebody may choose a passkey from the suggestions, or type. Whoever types, or closes the list, hears nothing of it. */
async function offer(place: HTMLElement): Promise<void> {
  if (!(await browserSupportsWebAuthnAutofill())) return
  try {
    await prove('/api/webauthn/login/finish', true)
    window.location.assign(place.dataset.next ?? '/')
  } catch (error) {
    if (error instanceof Refused) say(place, sentence(error, wordsOf(place)))
  }
}

for (const place of document.querySelectorAll<HTMLElement>('[data-passkey-offer]')) void offer(place)
for (const place of document.querySelectorAll<HTMLElement>('[data-standing]')) void tell(place.dataset.standing ?? '{}')
