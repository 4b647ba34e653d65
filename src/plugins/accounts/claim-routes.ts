// Custom claims over REST. Synced users and groups have them too, beside those that their directory decides.
import { Hono } from 'hono'
import * as v from 'valibot'
import { Claim } from '#core/http/account-fields.ts'
import { describe, valid } from '#core/http/contract.ts'
import { CustomClaim } from '#core/http/user-json.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { createClaims } from './claims.ts'
import type { AccountsHost } from './wire.ts'

const tag = 'Custom claims'
const claimRefusals = ['reserved_claim', 'duplicate_claim']

const ClaimList = v.pipe(v.array(Claim), v.maxLength(500, 'Must have at most 500 claims.'))

/** The routes under /api/custom-claims. */
export function claimRoutes(host: AccountsHost) {
  const { users, groups, requireAdmin } = host.identity
  const claims = createClaims(host)
  return new Hono<HostEnv>()
    .get(
      '/api/custom-claims/suggestions',
      describe({
        id: 'suggestClaims',
        tag,
        summary: 'Claim names in use, the most used first',
        answers: { 200: v.array(v.string()) },
      }),
      requireAdmin,
      async (c) => c.json(await claims.names()),
    )
    .put(
      '/api/custom-claims/user/:userId',
      describe({
        id: 'setClaimsOfUser',
        tag,
        summary: 'Replace the claims of a user',
        answers: { 200: v.array(CustomClaim) },
        refusals: ['user_not_found', ...claimRefusals],
      }),
      requireAdmin,
      valid('json', ClaimList),
      async (c) => {
        const { id: userId } = await users.get(c.req.param('userId'))
        const held = await claims.replace({ userId }, c.req.valid('json'))
        host.events.publish('user.updated', { userId, actorId: actorOf(c).user.id })
        return c.json(held)
      },
    )
    .put(
      '/api/custom-claims/user-group/:userGroupId',
      describe({
        id: 'setClaimsOfGroup',
        tag,
        summary: 'Replace the claims of a group',
        answers: { 200: v.array(CustomClaim) },
        refusals: ['group_not_found', ...claimRefusals],
      }),
      requireAdmin,
      valid('json', ClaimList),
      async (c) => {
        const { id: groupId } = await groups.get(c.req.param('userGroupId'))
        const held = await claims.replace({ groupId }, c.req.valid('json'))
        host.events.publish('group.updated', { groupId, actorId: actorOf(c).user.id })
        return c.json(held)
      },
    )
}
