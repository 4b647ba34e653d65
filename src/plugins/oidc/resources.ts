// What an app gets of the scopes and resource servers it asks for: identity scopes freely, permissions of an API as far as they were granted.
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Resources } from './parts.ts'
import { standardScopes } from './protocol/claims.ts'
import { OAuthError } from './protocol/errors.ts'
import { isResource } from './protocol/resources.ts'
import type { OidcHost } from './provider.ts'
import { apiPermissions, apis, type ClientRow } from './tables.ts'

/** As many as a request may name: a token for everything is a token for nobody. */
const maxResources = 10

export const createResources = ({ db }: Pick<OidcHost, 'db'>): Resources => ({
  async resolve(client, { scope, resources, subject }) {
    const identity = subject === 'user' ? scope.filter((one) => (standardScopes as readonly string[]).includes(one)) : []
    if (resources.length === 0) return { scope: identity, resources }
    const wanted = [...new Set(resources)]
    if (wanted.length > maxResources || !wanted.every(isResource))
      throw new OAuthError('invalid_target', 'A resource must be an absolute address without a fragment.')
    const open = await openTo(db, client, subject, wanted)
    if (!wanted.every((one) => open.some(({ identifier }) => identifier === one)))
      throw new OAuthError(
        'invalid_target',
        'This app may not use the resource it asks for. An administrator grants its permissions.',
      )
    const held = new Set(open.filter(({ isHeld }) => isHeld).map(({ key }) => key))
    // Each of the APIs takes the token's scope for its own, so a word counts only where the app holds it at all that know it.
    const lacking = new Set(open.filter(({ isHeld }) => !isHeld).map(({ key }) => key))
    const permitted = scope.filter((one) => held.has(one) && !lacking.has(one))
    return { scope: [...new Set([...identity, ...permitted])], resources: wanted }
  },
  async describe(resources, scope) {
    const { key, name, description } = apiPermissions
    return db.read
      .selectDistinct({ key, name, description })
      .from(apiPermissions)
      .innerJoin(apis, eq(apis.id, apiPermissions.apiId))
      .where(and(inArray(apis.identifier, [...resources]), inArray(key, [...scope])))
  },
})

/**
 * Those of the resources that this app may use, with each permission there is and whether the app holds it; with none where there is none.
 * An API that is open to metadata documents is so for users of such apps, never for the apps themselves.
 */
async function openTo(db: OidcHost['db'], client: ClientRow, subject: 'user' | 'client', resources: readonly string[]) {
  const isDescribed = client.origin === 'metadata-document' && subject === 'user' ? 1 : 0
  return db.read.all<{ readonly identifier: string; readonly key: string | null; readonly isHeld: number }>(sql`
    select oidc_apis.identifier, oidc_api_permissions.key, (
      (${isDescribed} and oidc_apis.open_to_documents and oidc_api_permissions.open_to_documents)
      or exists (
        select 1 from oidc_api_grants
        where permission_id = oidc_api_permissions.id and client_id = ${client.id} and subject = ${subject}
      )
    ) as "isHeld"
    from oidc_apis
    left join oidc_api_permissions on oidc_api_permissions.api_id = oidc_apis.id
    where oidc_apis.identifier in (select value from json_each(${JSON.stringify(resources)})) and (
      (${isDescribed} and oidc_apis.open_to_documents)
      or exists (
        select 1 from oidc_api_reach
        where api_id = oidc_apis.id and client_id = ${client.id} and subject = ${subject}
      )
    )`)
}
