// The pages of groups, for administrators.
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { commonErrors } from '#core/errors.ts'
import { plainText } from '#core/http/account-fields.ts'
import { readListQuery } from '#core/http/listing.ts'
import { groupsJson } from '#core/http/user-json.ts'
import { actorOf, type HostEnv } from '#core/identity/actor.ts'
import { claims as claimsPort } from '#core/ports.ts'
import { goTo, page } from '../answer.ts'
import { claimLines } from '../claims.ts'
import { originsOf } from '../directory-facts.ts'
import { check, type Faults, type FormValues, faultsOf, noFaults, readForm } from '../forms.ts'
import { adminsOnly } from '../guards.ts'
import type { Claim } from '../kit/claims-form.tsx'
import { type GroupNames, GroupPage, NewGroupPage } from '../pages/group.tsx'
import { GroupsPage, groupsPath } from '../pages/groups.tsx'
import { viewOf, type WebHost } from '../view.ts'

const groupPath = `${groupsPath}/:id`

const GroupInput = v.object({ name: plainText({ least: 2, most: 255 }), friendlyName: plainText({ least: 2, most: 50 }) })
const namesOf = (form: FormValues): GroupNames => ({ name: form.text('name'), friendlyName: form.text('friendlyName') })

interface Shown {
  readonly values?: GroupNames
  readonly faults?: Faults
  readonly claims?: readonly Claim[]
  readonly login?: string
  readonly status?: number
}

export function groupRoutes(web: WebHost): Hono<HostEnv> {
  return new Hono<HostEnv>().route('/', listRoutes(web)).route('/', oneGroup(web)).route('/', belongings(web))
}

function listRoutes(web: WebHost): Hono<HostEnv> {
  const { groups } = web.host.identity
  const admins = adminsOnly(web)
  const form = (c: Context<HostEnv>, values: GroupNames, faults: Faults, status?: number) =>
    page(c, <NewGroupPage view={viewOf(web, c)} values={values} faults={faults} />, status)
  return new Hono<HostEnv>()
    .get(groupsPath, admins, async (c) => {
      const query = readListQuery(c.req.url)
      return page(c, <GroupsPage view={viewOf(web, c)} query={query} groups={await groups.list(query)} />)
    })
    .get(`${groupsPath}/new`, admins, (c) => form(c, { name: '', friendlyName: '' }, noFaults))
    .post(`${groupsPath}/new`, admins, async (c) => {
      const values = namesOf(await readForm(c))
      const checked = check(GroupInput, values)
      if (checked.kind === 'bad') return form(c, values, checked.faults, 400)
      try {
        const created = await groups.create(checked.input, actorOf(c).user.id)
        return goTo(c, `${groupsPath}/${created.id}`, 'created')
      } catch (error) {
        return form(c, values, faultsOf(error, viewOf(web, c).t.faults.taken), 409)
      }
    })
}

function showGroup(web: WebHost) {
  const { groups, guard } = web.host.identity
  return async (c: Context<HostEnv>, id: string, { values, faults = noFaults, claims, login = '', status }: Shown = {}) => {
    const group = await groups.get(id)
    const { fields, by } = guard.locked('group', group)
    const query = readListQuery(c.req.url)
    const members = await groups.members(id, query)
    const [wire] = await groupsJson(web.host, [group])
    const shown = {
      group,
      values: values ?? group,
      faults,
      locked: new Set(fields),
      owner: by,
      origin: await originsOf(web.host, group.source)?.group(id),
      query,
      members,
      size: wire?.userCount ?? 0,
      claims: claims ?? wire?.customClaims ?? [],
      login,
    }
    return page(c, <GroupPage view={viewOf(web, c)} {...shown} />, status)
  }
}

function oneGroup(web: WebHost): Hono<HostEnv> {
  const { groups, guard } = web.host.identity
  const admins = adminsOnly(web)
  const show = showGroup(web)
  return new Hono<HostEnv>()
    .get(groupPath, admins, (c) => show(c, c.req.param('id')))
    .post(groupPath, admins, async (c) => {
      const id = c.req.param('id')
      const values = namesOf(await readForm(c))
      const checked = check(GroupInput, values)
      if (checked.kind === 'bad') return show(c, id, { values, faults: checked.faults, status: 400 })
      try {
        await groups.update(await guard.group(actorOf(c), id, checked.input), actorOf(c).user.id)
        return goTo(c, `${groupsPath}/${id}`, 'saved')
      } catch (error) {
        return show(c, id, { values, faults: faultsOf(error, viewOf(web, c).t.faults.taken), status: 409 })
      }
    })
    .post(`${groupPath}/delete`, admins, async (c) => {
      const actor = actorOf(c)
      const id = c.req.param('id')
      if ((await readForm(c)).text('sure') !== 'yes') return goTo(c, `${groupsPath}/${id}`)
      await groups.remove(await guard.groupRemoval(actor, id), actor.user.id)
      return goTo(c, groupsPath, 'removed')
    })
}

function belongings(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { users, groups, guard } = host.identity
  const admins = adminsOnly(web)
  const show = showGroup(web)
  return new Hono<HostEnv>()
    .post(`${groupPath}/claims`, admins, async (c) => {
      const { id: groupId } = await groups.get(c.req.param('id'))
      const claims = claimLines(await readForm(c))
      try {
        if (claims.kind === 'bad') return await show(c, groupId, { claims: claims.typed, faults: claims.faults, status: 400 })
        await host.seek(claimsPort)?.replace({ groupId }, claims.input)
        host.events.publish('group.updated', { groupId, actorId: actorOf(c).user.id })
        return goTo(c, `${groupsPath}/${groupId}`, 'saved')
      } catch (error) {
        return show(c, groupId, { claims: claims.typed, faults: { claims: faultsOf(error, '')[''] ?? '' }, status: 400 })
      }
    })
    .post(`${groupPath}/members`, admins, async (c) => {
      const actor = actorOf(c)
      const form = await readForm(c)
      const group = await groups.get(c.req.param('id'))
      const open = guard.groupsOpenToEdits(actor, [group])
      if (open.length === 0)
        throw commonErrors.refuse('forbidden', { message: 'Members of this group are changed in its directory.' })
      const login = form.text('add')
      const user = login ? await users.findByLogin(login) : await users.get(form.text('remove'))
      if (!user) return show(c, group.id, { login, faults: { add: viewOf(web, c).t.faults.noSuchPerson }, status: 404 })
      await groups.setGroupsOf(user.id, login ? [group.id] : [], open, actor.user.id)
      return goTo(c, `${groupsPath}/${group.id}`, 'saved')
    })
}
