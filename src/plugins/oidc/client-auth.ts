// Which app a request comes from: by secret, by assertion, or by name alone for apps that can keep no secret (RFC 6749 section 2.3).
import type { Database } from '#core/db/client.ts'
import type { ClientAssertions } from './client-assertion.ts'
import type { ClientSecrets } from './client-secrets.ts'
import type { ClientAuthentication, ClientDirectory, Parameters } from './parts.ts'
import { assertionType, type BasicCredentials, basicCredentials } from './protocol/client-credentials.ts'
import { OAuthError } from './protocol/errors.ts'
import type { ClientRow } from './tables.ts'

export interface ClientAuthDeps {
  readonly directory: ClientDirectory
  readonly secrets: ClientSecrets
  readonly assertions: ClientAssertions
  readonly db: Pick<Database, 'remember'>
}

const maxSecretLength = 1_024
const nobody = { client: undefined, held: [] }

export function createClientAuthentication({ directory, secrets, assertions, db }: ClientAuthDeps): ClientAuthentication {
  // Together, because nearly every request of an app asks for both.
  const known = db.remember(async (id) => ({ client: await directory.find(id), held: await secrets.held(id) }))

  async function bySecret(id: string | undefined, presented: readonly string[], method: string): Promise<ClientRow> {
    const { client, held } = id === undefined ? nobody : await known(id)
    // An empty secret is none (RFC 6749 section 2.3.1), and that is what a public app has.
    if (client?.isPublic && presented.every((secret) => secret === '')) return only(client, 'none')
    const isRight =
      client !== undefined &&
      !client.isPublic &&
      presented.every((secret) => secret.length <= maxSecretLength) &&
      (await secrets.verify(held, presented))
    if (!isRight) throw unproven(method)
    return only(client, method)
  }

  async function byName(id: string | undefined): Promise<ClientRow> {
    const client = id === undefined ? undefined : await directory.find(id)
    if (!client?.isPublic) throw unproven('none')
    return client
  }

  return {
    async authenticate(request, form) {
      const header = request.headers.get('authorization')
      const basic = header === null ? undefined : /^Basic +(.*)$/i.exec(header)?.[1]
      const read = basic === undefined ? undefined : basicCredentials(basic)
      refuseTwoMethods(basic !== undefined, form, read)
      if (basic !== undefined) {
        if (!read) throw unproven('client_secret_basic')
        if (form.client_id !== undefined && !read.ids.includes(form.client_id))
          throw new OAuthError('invalid_request', 'The client_id in the body is not the one in the Authorization header.')
        return bySecret(form.client_id ?? read.ids[0], read.secrets, 'client_secret_basic')
      }
      if (form.client_assertion !== undefined || form.client_assertion_type !== undefined) {
        if (form.client_assertion_type !== assertionType || form.client_assertion === undefined)
          throw new OAuthError('invalid_client', `client_assertion_type must be ${assertionType}, with a client_assertion.`)
        return only(await assertions.authenticate(form.client_assertion, form.client_id, request.url), 'private_key_jwt')
      }
      return form.client_secret ? bySecret(form.client_id, [form.client_secret], 'client_secret_post') : byName(form.client_id)
    },
    byAssertion: async (assertion, request) =>
      only(await assertions.authenticate(assertion, undefined, request.url), 'private_key_jwt'),
  }
}

/**
 * "The client MUST NOT use more than one authentication method in each request" (RFC 6749 section 2.3). Some libraries write their secret
 * into the header and the body; as long as it is the same one, nothing is in doubt.
 */
function refuseTwoMethods(hasBasic: boolean, { client_secret, client_assertion }: Parameters, basic?: BasicCredentials): void {
  const isAnother = Boolean(client_secret) && !basic?.secrets.includes(client_secret ?? '')
  const used = [hasBasic, isAnother, client_assertion !== undefined].filter(Boolean)
  if (used.length > 1)
    throw new OAuthError('invalid_request', 'Prove who you are by one method: a header, a secret or an assertion.')
}

/** An app that registered with one method uses that one. */
function only(client: ClientRow, method: string): ClientRow {
  const registered = client.tokenEndpointAuthMethod
  if (registered !== null && registered !== method) throw unproven(method)
  return client
}

/** One sentence for an unknown app, a wrong secret and an expired one: a stranger learns nothing of which. */
const unproven = (method: string) =>
  new OAuthError('invalid_client', 'This app is not known here, or did not prove to be the one it says.', {
    headers: method === 'client_secret_basic' ? { 'www-authenticate': 'Basic realm="token", charset="UTF-8"' } : {},
  })
