// User groups over REST.
import { Hono } from 'hono'
import * as v from 'valibot'
import { plainText } from '#core/http/account-fields.ts'
import { describe, valid } from '#core/http/contract.ts'
import { pageOf, readListQuery } from '#core/http/listing.ts'
import { GroupMinimal, groupsJson, User, usersJson } from '#core/http/user-json.ts'
import { actorOf, type HostEnv, type UserActor } from '#core/identity/actor.ts'
import type { GroupPatch } from '#core/identity/ownership.ts'
import { apps } from '#core/ports-apps.ts'
import { type AccountsHost, Group, groupJson } from './wire.ts'

const tag = 'User groups'
const notFound = 'group_not_found'
const owned = 'ldap_user_group_update'

const GroupInput = v.object({
  name: plainText({ least: 2, most: 255 }),
  friendlyName: plainText({ least: 2, most: 50 }),
})

/** The routes under /api/user-groups. */
export function groupRoutes(host: AccountsHost) {
  const { groups, guard, requireAdmin } = host.identity

  const update = async (actor: UserActor, id: string, patch: GroupPatch) =>
    groupJson(host, await groups.update(await guard.group(actor, id, patch), actor.user.id))

  return new Hono<HostEnv>()
    .get(
      '/api/user-groups',
      describe({ id: 'listGroups', tag, summary: 'All groups, by page', list: true, answers: { 200: pageOf(GroupMinimal) } }),
      requireAdmin,
      async (c) => {
        const { data, pagination } = await groups.list(readListQuery(c.req.url))
        return c.json({ data: await groupsJson(host, data), pagination })
      },
    )
    .get(
      '/api/user-groups/:id',
      describe({ id: 'getGroup', tag, summary: 'One group with all its members', answers: { 200: Group }, refusals: [notFound] }),
      requireAdmin,
      async (c) => c.json(await groupJson(host, await groups.get(c.req.param('id')))),
    )
    .get(
      '/api/user-groups/:id/members',
      describe({
        id: 'listMembers',
        tag,
        summary: 'The members of a group, by page',
        list: true,
        answers: { 200: pageOf(User) },
        refusals: [notFound],
      }),
      requireAdmin,
      async (c) => {
        const { id } = await groups.get(c.req.param('id'))
        const { data, pagination } = await groups.members(id, readListQuery(c.req.url))
        return c.json({ data: await usersJson(host, data), pagination })
      },
    )
    .post(
      '/api/user-groups',
      describe({ id: 'createGroup', tag, summary: 'Make a group', answers: { 201: Group }, refusals: ['already_in_use'] }),
      requireAdmin,
      valid('json', GroupInput),
      async (c) => {
        const created = await groups.create(c.req.valid('json'), actorOf(c).user.id)
        return c.json(await groupJson(host, created), 201)
      },
    )
    .put(
      '/api/user-groups/:id',
      describe({
        id: 'updateGroup',
        tag,
        summary: 'Rename a group',
        answers: { 200: Group },
        refusals: [notFound, 'already_in_use', owned],
      }),
      requireAdmin,
      valid('json', GroupInput),
      async (c) => c.json(await update(actorOf(c), c.req.param('id'), c.req.valid('json'))),
    )
    .delete(
      '/api/user-groups/:id',
      describe({ id: 'removeGroup', tag, summary: 'Remove a group', answers: { 204: null }, refusals: [notFound, owned] }),
      requireAdmin,
      async (c) => {
        const actor = actorOf(c)
        await groups.remove(await guard.groupRemoval(actor, c.req.param('id')), actor.user.id)
        return c.body(null, 204)
      },
    )
    .put(
      '/api/user-groups/:id/users',
      describe({
        id: 'setMembers',
        tag,
        summary: 'Replace the members of a group',
        answers: { 200: Group },
        refusals: [notFound, 'user_not_found', owned],
      }),
      requireAdmin,
      valid('json', v.object({ userIds: v.array(v.string()) })),
      async (c) => c.json(await update(actorOf(c), c.req.param('id'), { members: c.req.valid('json').userIds })),
    )
    .put(
      '/api/user-groups/:id/allowed-oidc-clients',
      describe({
        id: 'setGroupApps',
        tag,
        summary: 'Replace the apps a group may use',
        answers: { 200: Group },
        refusals: [notFound],
      }),
      requireAdmin,
      valid('json', v.object({ oidcClientIds: v.array(v.string()) })),
      async (c) => {
        const group = await groups.get(c.req.param('id'))
        // Without the provider there are no apps, and nothing to open.
        await host.seek(apps)?.setOfGroup(group.id, c.req.valid('json').oidcClientIds)
        return c.json(await groupJson(host, group))
      },
    )
}
