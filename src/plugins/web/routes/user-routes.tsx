// The pages of people, for administrators. Every change goes through the same guard as the API's.
import { type Context, Hono } from 'hono'
import { AppError, commonErrors } from '#core/errors.ts'
import { readListQuery } from '#core/http/listing.ts'
import { userJson } from '#core/http/user-json.ts'
import { actorOf, type HostEnv, isDisabled } from '#core/identity/actor.ts'
import { identityErrors } from '#core/identity/errors.ts'
import { mail } from '#core/mail-port.ts'
import { claims as claimsPort, oneTimeLinks, passkeys } from '#core/ports.ts'
import { signUps } from '#core/sign-up-port.ts'
import { goTo, page } from '../answer.ts'
import { claimLines } from '../claims.ts'
import { originsOf } from '../directory-facts.ts'
import { type Faults, faultsOf, noFaults, readForm } from '../forms.ts'
import { joinableGroups } from '../groups.ts'
import { adminsOnly } from '../guards.ts'
import type { Claim } from '../kit/claims-form.tsx'
import { NewUserPage, UserPage } from '../pages/user.tsx'
import { UsersPage, usersPath } from '../pages/users.tsx'
import { noPerson, type PersonValues, personPatch, typedOver, valuesOfRow } from '../person.ts'
import { pictureOf, picturesOf, putPicture, removePicture } from '../person-pictures.ts'
import { viewOf, type WebHost } from '../view.ts'

const userPath = `${usersPath}/:id`
const nothing: ReadonlySet<string> = new Set()

interface Shown {
  readonly values?: PersonValues
  readonly faults?: Faults
  readonly claims?: readonly Claim[]
  readonly link?: string
  readonly status?: number
}

export function userRoutes(web: WebHost): Hono<HostEnv> {
  return new Hono<HostEnv>().route('/', listRoutes(web)).route('/', profileRoutes(web)).route('/', belongings(web))
}

function listRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { users } = host.identity
  const admins = adminsOnly(web)
  const form = (c: Context<HostEnv>, values: PersonValues, faults: Faults, status?: number) =>
    page(
      c,
      <NewUserPage view={viewOf(web, c)} values={values} faults={faults} emailRequired={host.core.requireUserEmail} />,
      status,
    )

  return new Hono<HostEnv>()
    .get('/settings/admin', (c) => c.redirect(usersPath))
    .get(usersPath, admins, async (c) => {
      const query = readListQuery(c.req.url)
      await users.prepareSearch()
      const found = await users.list(query)
      const total = await users.count()
      const pictures = await picturesOf(
        host,
        found.data.map(({ id }) => id),
      )
      const shown = { query, users: found, pictures, total, invitations: host.seek(signUps) !== undefined }
      return page(c, <UsersPage view={viewOf(web, c)} {...shown} />)
    })
    .get(`${usersPath}/new`, admins, (c) => form(c, noPerson(host.core.emailsVerified), noFaults))
    .post(`${usersPath}/new`, admins, async (c) => {
      const values = typedOver(noPerson(host.core.emailsVerified), await readForm(c))
      const checked = personPatch(values, { closed: nothing, emailRequired: host.core.requireUserEmail })
      if (checked.kind === 'bad') return form(c, values, checked.faults, 400)
      try {
        const user = { ...checked.input, username: checked.input.username ?? values.text.username }
        const created = await users.create(user, actorOf(c).user.id)
        return goTo(c, `${usersPath}/${created.id}`, 'created')
      } catch (error) {
        return form(c, values, faultsOf(error, viewOf(web, c).t.faults.taken), 409)
      }
    })
}

/** Shows one person, with what somebody typed and what was wrong with it. */
function showUser(web: WebHost) {
  const { host } = web
  const { users, guard } = host.identity
  return async (c: Context<HostEnv>, id: string, { values, faults = noFaults, claims, link, status }: Shown = {}) => {
    const actor = actorOf(c)
    const user = await users.get(id)
    const { fields, by } = guard.locked('user', user)
    const joined = await users.groupsOf(id)
    const open = new Set(guard.groupsOpenToEdits(actor, joined).map(({ row }) => row.id))
    const shown = {
      user,
      values: values ?? valuesOfRow(user, isDisabled(user)),
      faults,
      locked: new Set(fields),
      owner: by,
      origin: await originsOf(host, user.source)?.user(id),
      emailRequired: host.core.requireUserEmail,
      removable: await isRemovable(() => guard.userRemoval(actor, id)),
      groups: joined.map((group) => ({ group, open: open.has(group.id) })),
      joinable: await joinableGroups(host, actor, joined),
      claims: claims ?? (await userJson(host, user)).customClaims,
      passkeys: await host.seek(passkeys)?.listFor(id),
      picture: await pictureOf(host, id),
      links: host.seek(oneTimeLinks) !== undefined && !isDisabled(user),
      mailTo: host.seek(mail)?.offers.linksByAdmins ? (user.email ?? undefined) : undefined,
      link,
    }
    return page(c, <UserPage view={viewOf(web, c)} {...shown} />, status)
  }
}

async function isRemovable(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask()
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

function profileRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { users, guard } = host.identity
  const admins = adminsOnly(web)
  const show = showUser(web)
  return new Hono<HostEnv>()
    .get(userPath, admins, (c) => show(c, c.req.param('id')))
    .post(`${userPath}/picture`, admins, async (c) => {
      const { id } = await users.get(c.req.param('id'))
      const file = await putPicture(host, c, id)
      return file === undefined ? goTo(c, `${usersPath}/${id}`, 'saved') : show(c, id, { faults: { file }, status: 400 })
    })
    .post(`${userPath}/picture/delete`, admins, async (c) => {
      const { id } = await users.get(c.req.param('id'))
      await removePicture(host, c, id)
      return goTo(c, `${usersPath}/${id}`, 'removed')
    })
    .post(userPath, admins, async (c) => {
      const user = await users.get(c.req.param('id'))
      const closed = new Set<string>(guard.locked('user', user).fields)
      const values = typedOver(valuesOfRow(user, isDisabled(user)), await readForm(c))
      const checked = personPatch(values, { closed, emailRequired: host.core.requireUserEmail })
      if (checked.kind === 'bad') return show(c, user.id, { values, faults: checked.faults, status: 400 })
      try {
        await users.update(await guard.user(actorOf(c), user.id, checked.input), actorOf(c).user.id)
        return goTo(c, `${usersPath}/${user.id}`, 'saved')
      } catch (error) {
        return show(c, user.id, { values, faults: faultsOf(error, viewOf(web, c).t.faults.taken), status: 409 })
      }
    })
    .post(`${userPath}/delete`, admins, async (c) => {
      const actor = actorOf(c)
      const id = c.req.param('id')
      if ((await readForm(c)).text('sure') !== 'yes') return goTo(c, `${usersPath}/${id}`)
      try {
        await users.remove(await guard.userRemoval(actor, id), actor.user.id)
        return goTo(c, usersPath, 'removed')
      } catch (error) {
        return show(c, id, { faults: faultsOf(error, ''), status: 409 })
      }
    })
}

function belongings(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { users, groups, guard } = host.identity
  const admins = adminsOnly(web)
  const show = showUser(web)
  return new Hono<HostEnv>()
    .post(`${userPath}/claims`, admins, async (c) => {
      const { id: userId } = await users.get(c.req.param('id'))
      const claims = claimLines(await readForm(c))
      try {
        if (claims.kind === 'bad') return await show(c, userId, { claims: claims.typed, faults: claims.faults, status: 400 })
        await host.seek(claimsPort)?.replace({ userId }, claims.input)
        host.events.publish('user.updated', { userId, actorId: actorOf(c).user.id })
        return goTo(c, `${usersPath}/${userId}`, 'saved')
      } catch (error) {
        return show(c, userId, { claims: claims.typed, faults: { claims: faultsOf(error, '')[''] ?? '' }, status: 400 })
      }
    })
    .post(`${userPath}/groups`, admins, async (c) => {
      const form = await readForm(c)
      const actor = actorOf(c)
      const { id } = await users.get(c.req.param('id'))
      const joining = form.text('add')
      const group = await groups.get(joining || form.text('remove'))
      const open = guard.groupsOpenToEdits(actor, [group])
      if (open.length === 0)
        throw commonErrors.refuse('forbidden', { message: 'Members of this group are changed in its directory.' })
      await groups.setGroupsOf(id, joining ? [group.id] : [], open, actor.user.id)
      return goTo(c, `${usersPath}/${id}`, 'saved')
    })
    .post(`${userPath}/link`, admins, async (c) => {
      const user = await users.get(c.req.param('id'))
      if (isDisabled(user)) throw identityErrors.refuse('user_disabled')
      const wanted = Number((await readForm(c)).text('lifetime'))
      const lifetimes = Object.keys(viewOf(web, c).t.user.lifetimes).map(Number)
      const made = await host.seek(oneTimeLinks)?.mint(user.id, lifetimes.includes(wanted) ? wanted : 3600)
      return made ? show(c, user.id, { link: made.url }) : c.notFound()
    })
    .post(`${userPath}/passkeys/:passkey/delete`, admins, async (c) => {
      const { id } = await users.get(c.req.param('id'))
      await host.seek(passkeys)?.remove(id, c.req.param('passkey'))
      return goTo(c, `${usersPath}/${id}`, 'removed')
    })
}
