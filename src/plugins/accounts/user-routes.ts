// Users over REST: for administrators, and `me` for everybody.
import { Hono } from 'hono'
import * as v from 'valibot'
import { describe, valid } from '#core/http/contract.ts'
import { pageOf, readListQuery } from '#core/http/listing.ts'
import { User, userJson, usersJson } from '#core/http/user-json.ts'
import { actorOf, type HostEnv, type UserActor } from '#core/identity/actor.ts'
import type { UserPatch } from '#core/identity/ownership.ts'
import { errors } from './errors.ts'
import { createMemberships } from './memberships.ts'
import { adminPatch, NewUserInput, ownPatch, UserInput } from './user-input.ts'
import { type AccountsHost, Group, groupJson } from './wire.ts'

const tag = 'Users'
const notFound = 'user_not_found'
const writeRefusals = ['already_in_use', 'user_email_not_set', 'last_admin']

/** The routes under /api/users that belong to the account itself. */
export function userRoutes(host: AccountsHost) {
  const { users, guard, requireAdmin, requireUser } = host.identity
  const memberships = createMemberships(host.identity)

  const update = async (actor: UserActor, id: string, patch: UserPatch) => {
    const admitted = await guard.user(actor, id, patch)
    requireEmail(host, admitted.patch)
    return userJson(host, await users.update(admitted, actor.user.id))
  }

  return new Hono<HostEnv>()
    .get(
      '/api/users',
      describe({ id: 'listUsers', tag, summary: 'All users, by page', list: true, answers: { 200: pageOf(User) } }),
      requireAdmin,
      async (c) => {
        const { data, pagination } = await users.list(readListQuery(c.req.url))
        return c.json({ data: await usersJson(host, data), pagination })
      },
    )
    .get(
      '/api/users/me',
      describe({ id: 'getOwnUser', tag, summary: 'Whoever asks', answers: { 200: User } }),
      requireUser,
      async (c) => c.json(await userJson(host, actorOf(c).user)),
    )
    .put(
      '/api/users/me',
      describe({
        id: 'updateOwnUser',
        tag,
        summary: 'Change the own account; only the locale where own edits are off or a directory owns it',
        answers: { 200: User },
        refusals: writeRefusals,
      }),
      requireUser,
      valid('json', UserInput),
      async (c) => {
        const actor = actorOf(c)
        return c.json(await update(actor, actor.user.id, ownPatch(c.req.valid('json'), actor.user, host.core)))
      },
    )
    .get(
      '/api/users/:id',
      describe({ id: 'getUser', tag, summary: 'One user', answers: { 200: User }, refusals: [notFound] }),
      requireAdmin,
      async (c) => c.json(await userJson(host, await users.get(c.req.param('id')))),
    )
    .post(
      '/api/users',
      describe({
        id: 'createUser',
        tag,
        summary: 'Make a user',
        answers: { 201: User },
        refusals: ['already_in_use', 'user_email_not_set', 'group_not_found'],
      }),
      requireAdmin,
      valid('json', NewUserInput),
      async (c) => {
        const actor = actorOf(c)
        const { id, userGroupIds, ...input } = c.req.valid('json')
        const user = adminPatch(input, undefined, host.core.emailsVerified)
        requireEmail(host, user)
        await memberships.check(userGroupIds)
        const created = await users.create(id === undefined ? user : { ...user, id }, actor.user.id)
        if (userGroupIds.length > 0) await memberships.set(actor, created.id, userGroupIds)
        return c.json(await userJson(host, created), 201)
      },
    )
    .put(
      '/api/users/:id',
      describe({
        id: 'updateUser',
        tag,
        summary: 'Replace a user; of one from a directory only the locale',
        answers: { 200: User },
        refusals: [notFound, ...writeRefusals],
      }),
      requireAdmin,
      valid('json', UserInput),
      async (c) => {
        const known = await users.get(c.req.param('id'))
        const patch = adminPatch(c.req.valid('json'), known, host.core.emailsVerified)
        return c.json(await update(actorOf(c), known.id, patch))
      },
    )
    .delete(
      '/api/users/:id',
      describe({
        id: 'removeUser',
        tag,
        summary: 'Remove a user',
        answers: { 204: null },
        refusals: [notFound, 'ldap_user_update', 'last_admin'],
      }),
      requireAdmin,
      async (c) => {
        const actor = actorOf(c)
        await users.remove(await guard.userRemoval(actor, c.req.param('id')), actor.user.id)
        return c.body(null, 204)
      },
    )
    .get(
      '/api/users/:id/groups',
      describe({
        id: 'listGroupsOfUser',
        tag,
        summary: 'The groups of a user, with their members',
        answers: { 200: v.array(Group) },
        refusals: [notFound],
      }),
      requireAdmin,
      async (c) => {
        const { id } = await users.get(c.req.param('id'))
        const groups: Group[] = []
        for (const group of await users.groupsOf(id)) groups.push(await groupJson(host, group))
        return c.json(groups)
      },
    )
    .put(
      '/api/users/:id/user-groups',
      describe({
        id: 'setGroupsOfUser',
        tag,
        summary: 'Put a user into exactly these groups; groups of a directory stay as they are',
        answers: { 200: User },
        refusals: [notFound, 'group_not_found'],
      }),
      requireAdmin,
      valid('json', v.object({ userGroupIds: v.array(v.string()) })),
      async (c) => {
        const user = await users.get(c.req.param('id'))
        await memberships.set(actorOf(c), user.id, c.req.valid('json').userGroupIds)
        return c.json(await userJson(host, user))
      },
    )
}

/** Asked of what is really written: a directory's account without an address may still change its locale. */
function requireEmail({ core }: AccountsHost, patch: UserPatch): void {
  if (!core.requireUserEmail || patch.email !== null) return
  const message = errors.table.user_email_not_set.message
  throw errors.refuse('user_email_not_set', { details: { fields: [{ field: 'email', code: 'required', message }] } })
}
