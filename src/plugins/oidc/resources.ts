// What an app gets of the scopes and resource servers it asks for: identity scopes freely, permissions of an API as far as they were granted.
import { and, eq, inArray } from 'drizzle-orm'
import type { Resources } from './parts.ts'
import { standardScopes } from './protocol/claims.ts'
import { OAuthError } from './protocol/errors.ts'
import { isResource } from './protocol/resources.ts'
import type { OidcHost } from './provider.ts'
import { apiGrants, apiPermissions, apis } from './tables.ts'

/** As many as a request may name: a token for everything is a token for nobody. */
const maxResources = 10

export const createResources = ({ db }: Pick<OidcHost, 'db'>): Resources => ({
  async resolve(client, { scope, resources, subject }) {
    const identity = subject === 'user' ? scope.filter((one) => (standardScopes as readonly string[]).includes(one)) : []
    if (resources.length === 0) return { scope: identity, resources }
    const wanted = [...new Set(resources)]
    if (wanted.length > maxResources || !wanted.every(isResource))
      throw new OAuthError('invalid_target', 'A resource must be an absolute address without a fragment.')
    const granted = await db.read
      .select({ identifier: apis.identifier, key: apiPermissions.key })
      .from(apiGrants)
      .innerJoin(apiPermissions, eq(apiPermissions.id, apiGrants.permissionId))
      .innerJoin(apis, eq(apis.id, apiPermissions.apiId))
      .where(and(eq(apiGrants.clientId, client.id), eq(apiGrants.subject, subject), inArray(apis.identifier, wanted)))
    if (!wanted.every((one) => granted.some(({ identifier }) => identifier === one)))
      throw new OAuthError(
        'invalid_target',
        'This app may not use the resource it asks for. An administrator grants its permissions.',
      )
    const keys = new Set(granted.map(({ key }) => key))
    return { scope: [...new Set([...identity, ...scope.filter((one) => keys.has(one))])], resources: wanted }
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
