// What the scripts of a page do with the API and the browser's authenticator, for tests that have no page of ours.
import type { Page } from 'playwright-core'

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown> | null
}

/** Asks from within the page, with its cookies and its origin. */
export const ask = (page: Page, method: string, path: string, body?: object): Promise<Answer> =>
  page.evaluate(
    async ({ method, path, body }) => {
      const json = body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}
      const response = await fetch(path, { method, ...json })
      return { status: response.status, body: response.status === 204 ? null : await response.json() }
    },
    { method, path, body },
  )

/** The whole registration. */
export async function registerPasskey(page: Page): Promise<Answer> {
  const { body: options } = await ask(page, 'GET', '/api/webauthn/register/start')
  const made = await page.evaluate(async (json) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json as never)
    return ((await navigator.credentials.create({ publicKey })) as PublicKeyCredential).toJSON()
  }, options)
  return ask(page, 'POST', '/api/webauthn/register/finish', made)
}

/** The whole proof of a passkey, finished at `path`. */
export async function proveAt(page: Page, path: string): Promise<Answer> {
  const { body: options } = await ask(page, 'GET', '/api/webauthn/login/start')
  const proven = await page.evaluate(async (json) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json as never)
    return ((await navigator.credentials.get({ publicKey })) as PublicKeyCredential).toJSON()
  }, options)
  return ask(page, 'POST', path, proven)
}
