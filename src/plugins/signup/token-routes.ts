// Invitations over REST, for administrators.
import { Hono } from 'hono'
import * as v from 'valibot'
import { describe, valid } from '#core/http/contract.ts'
import { Lifetime } from '#core/http/duration.ts'
import { pageOf, readListQuery } from '#core/http/listing.ts'
import { GroupMinimal, groupsJson } from '#core/http/user-json.ts'
import type { HostEnv } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { SignUps, SignUpToken } from '#core/sign-up-port.ts'

const tag = 'Sign-up'
const path = '/api/signup-tokens'

const Token = v.object({
  id: v.string(),
  token: v.string(),
  expiresAt: v.string(),
  usageLimit: v.number(),
  usageCount: v.number(),
  userGroups: v.array(GroupMinimal),
  createdAt: v.string(),
})
const usageSentence = 'Must be a whole number from 1 to 100.'
const NewToken = v.object({
  ttl: v.optional(Lifetime, '1h'),
  usageLimit: v.pipe(
    v.number(usageSentence),
    v.integer(usageSentence),
    v.minValue(1, usageSentence),
    v.maxValue(100, usageSentence),
  ),
  userGroupIds: v.nullish(v.array(v.string()), []),
})

export function tokenRoutes(host: Host, signUps: SignUps): Hono<HostEnv> {
  const { requireAdmin } = host.identity
  const wire = async ({ groups, createdAt, expiresAt, ...token }: SignUpToken) => ({
    ...token,
    expiresAt: expiresAt.toISOString(),
    createdAt: createdAt.toISOString(),
    userGroups: await groupsJson(host, groups),
  })
  return new Hono<HostEnv>()
    .get(
      path,
      describe({ id: 'listSignupTokens', tag, summary: 'The invitations', answers: { 200: pageOf(Token) }, list: true }),
      requireAdmin,
      async (c) => {
        const { data, pagination } = await signUps.tokens(readListQuery(c.req.url))
        return c.json({ data: await Promise.all(data.map(wire)), pagination })
      },
    )
    .post(
      path,
      describe({
        id: 'createSignupToken',
        tag,
        summary: 'Make an invitation: as many people as it says may make an account with it',
        answers: { 201: Token },
        refusals: ['group_not_found', 'validation_failed'],
      }),
      requireAdmin,
      valid('json', NewToken),
      async (c) => {
        const { ttl, usageLimit, userGroupIds } = c.req.valid('json')
        const wanted = { lifetimeSeconds: ttl, usageLimit, groupIds: userGroupIds ?? [] }
        return c.json(await wire(await signUps.createToken(wanted)), 201)
      },
    )
    .delete(
      `${path}/:id`,
      describe({
        id: 'removeSignupToken',
        tag,
        summary: 'Take an invitation back; accounts made with it stay',
        answers: { 204: null },
        refusals: ['signup_token_not_found'],
      }),
      requireAdmin,
      async (c) => {
        await signUps.removeToken(c.req.param('id'))
        return c.body(null, 204)
      },
    )
}
