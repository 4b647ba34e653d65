// One's own account: profile, passkeys, a code for another device.
import { type Context, Hono } from 'hono'
import { deviceLogins } from '#core/device-login-port.ts'
import { plainText } from '#core/http/account-fields.ts'
import { actorOf, type HostEnv, isDisabled } from '#core/identity/actor.ts'
import { mail } from '#core/mail-port.ts'
import { oneTimeLinks, passkeys } from '#core/ports.ts'
import { goTo, page } from '../answer.ts'
import { check, type Faults, faultsOf, noFaults, readForm } from '../forms.ts'
import { AccountPage, accountPath } from '../pages/account.tsx'
import { type PersonValues, personPatch, textFields, typedOver, valuesOfRow } from '../person.ts'
import { pictureOf, putPicture, removePicture } from '../person-pictures.ts'
import { viewOf, type WebHost } from '../view.ts'

const codeLifetimeSeconds = 15 * 60
const passkeyPath = `${accountPath}/passkeys/:id`
/** What nobody decides of himself. */
const adminFields = ['emailVerified', 'isAdmin', 'disabled']

interface Shown {
  readonly values?: PersonValues
  readonly faults?: Faults
  readonly code?: { readonly token: string; readonly url: string }
  readonly status?: number
}

export function accountRoutes(web: WebHost): Hono<HostEnv> {
  const { host } = web
  const { requireBrowser, guard, users } = host.identity

  const standing = (c: Context<HostEnv>) => {
    const { user } = actorOf(c)
    const { fields, by } = guard.locked('user', user)
    const off = host.core.allowOwnAccountEdit ? [] : textFields.filter((name) => name !== 'locale')
    return { user, owner: by, locked: new Set(fields), closed: new Set<string>([...fields, ...off, ...adminFields]) }
  }
  const show = async (c: Context<HostEnv>, { values, faults = noFaults, code, status }: Shown = {}) => {
    const { user, owner, locked, closed } = standing(c)
    const held = await host.seek(passkeys)?.listFor(user.id)
    const person = values ?? valuesOfRow(user, isDisabled(user))
    const frame = { locked, closed: closesText(closed), owner, emailRequired: host.core.requireUserEmail, faults, code }
    const picture = await pictureOf(host, user.id)
    const offers = { codes: host.seek(oneTimeLinks) !== undefined, devices: host.seek(deviceLogins) !== undefined }
    const unverified = !user.emailVerified && user.email !== null && host.seek(mail)?.offers.verification === true
    return page(
      c,
      <AccountPage
        view={viewOf(web, c)}
        values={person}
        passkeys={held}
        picture={picture}
        {...offers}
        unverified={unverified}
        {...frame}
      />,
      status,
    )
  }

  return new Hono<HostEnv>()
    .get('/settings', (c) => c.redirect(accountPath))
    .get(accountPath, requireBrowser, (c) => show(c))
    .post(accountPath, requireBrowser, async (c) => {
      const { user, closed } = standing(c)
      const values = typedOver(valuesOfRow(user, isDisabled(user)), await readForm(c))
      const checked = personPatch(values, { closed, emailRequired: host.core.requireUserEmail })
      if (checked.kind === 'bad') return show(c, { values, faults: checked.faults, status: 400 })
      // Another address is as unproven as that of a new account.
      const moved = checked.input.email !== undefined && checked.input.email !== user.email
      const patch = moved
        ? { ...checked.input, emailVerified: host.core.emailsVerified && checked.input.email !== null }
        : checked.input
      try {
        await users.update(await guard.user(actorOf(c), user.id, patch), user.id)
        return goTo(c, accountPath, 'saved')
      } catch (error) {
        return show(c, { values, faults: faultsOf(error, viewOf(web, c).t.faults.taken), status: 409 })
      }
    })
    .post(`${accountPath}/picture`, requireBrowser, async (c) => {
      const file = await putPicture(host, c, actorOf(c).user.id)
      return file === undefined ? goTo(c, accountPath, 'saved') : show(c, { faults: { file }, status: 400 })
    })
    .post(`${accountPath}/picture/delete`, requireBrowser, async (c) => {
      await removePicture(host, c, actorOf(c).user.id)
      return goTo(c, accountPath, 'removed')
    })
    .post(passkeyPath, requireBrowser, async (c) => {
      const name = check(plainText({ least: 1, most: 50 }), (await readForm(c)).text('name'))
      if (name.kind === 'bad') return show(c, { faults: name.faults, status: 400 })
      await host.seek(passkeys)?.rename(actorOf(c).user.id, c.req.param('id'), name.input)
      return goTo(c, accountPath, 'saved')
    })
    .post(`${passkeyPath}/delete`, requireBrowser, async (c) => {
      await host.seek(passkeys)?.remove(actorOf(c).user.id, c.req.param('id'))
      return goTo(c, accountPath, 'passkeyRemoved')
    })
    .post(`${accountPath}/code`, requireBrowser, async (c) => {
      const code = await host.seek(oneTimeLinks)?.mint(actorOf(c).user.id, codeLifetimeSeconds)
      return code ? show(c, { code }) : c.notFound()
    })
}

/** Only the fields that the form has: a person who may edit everything shall not be told otherwise. */
const closesText = (closed: ReadonlySet<string>): ReadonlySet<string> => new Set(textFields.filter((name) => closed.has(name)))
