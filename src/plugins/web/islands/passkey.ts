// In the browser: the passkey ceremonies. Finds each [data-passkey], runs the ceremony on a click, and goes on or says what happened.
import { browserSupportsWebAuthn, startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser'

interface Words {
  readonly cancelled: string
  readonly unsupported: string
  readonly insecure: string
  readonly exists: string
  readonly failed: string
  readonly offline: string
  readonly refusals: Readonly<Record<string, string>>
}

/** A refusal of the server, by its code. */
class Refused extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const sent =
    body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(path, sent)
  const answer: unknown = response.status === 204 ? undefined : await response.json()
  if (!response.ok) throw new Refused(String((answer as { code?: unknown }).code))
  return answer as T
}

const ceremonies: Readonly<Record<string, () => Promise<void>>> = {
  async 'sign-in'() {
    const optionsJSON = await ask<Parameters<typeof startAuthentication>[0]['optionsJSON']>('/api/webauthn/login/start')
    await ask('/api/webauthn/login/finish', await startAuthentication({ optionsJSON }))
  },
  async register() {
    const optionsJSON = await ask<Parameters<typeof startRegistration>[0]['optionsJSON']>('/api/webauthn/register/start')
    await ask('/api/webauthn/register/finish', await startRegistration({ optionsJSON }))
  },
  async confirm() {
    const optionsJSON = await ask<Parameters<typeof startAuthentication>[0]['optionsJSON']>('/api/webauthn/login/start')
    await ask('/api/webauthn/reauthenticate', await startAuthentication({ optionsJSON }))
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

for (const place of document.querySelectorAll<HTMLElement>('[data-passkey]')) {
  const button = place.querySelector('button')
  const notice = place.querySelector<HTMLElement>('[role=alert]')
  const message = place.querySelector<HTMLElement>('[data-message]')
  const words = JSON.parse(place.dataset.words ?? '{}') as Words
  const say = (text: string) => {
    if (!notice || !message) return
    message.textContent = text
    notice.hidden = text === ''
  }
  if (!browserSupportsWebAuthn()) say(window.isSecureContext ? words.unsupported : words.insecure)
  button?.addEventListener('click', async () => {
    say('')
    button.setAttribute('aria-busy', 'true')
    try {
      await ceremonies[place.dataset.passkey ?? '']?.()
      const form = place.closest('form')
      if (form) form.submit()
      else window.location.assign(place.dataset.next ?? '/')
    } catch (error) {
      say(sentence(error, words))
      button.removeAttribute('aria-busy')
    }
  })
}
