// Checked by the compiler alone: what must not compile. An expectation that no longer fails is an error too.
import type { AppError } from '#core/errors.ts'
import { defineErrors } from '#core/errors.ts'
import type { Actor, GroupRow, UserRow } from '#core/identity/actor.ts'
import type { Identity } from '#core/identity/identity.ts'
import type { AdmittedGroup, AdmittedUser } from '#core/identity/ownership.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { defineSettings, flag, text, type Values, whole } from '#core/settings/define.ts'

/** A write asks for what the guard admitted: a row that was merely read does not do. */
export async function writes({ users, groups, guard }: Identity, user: UserRow, group: GroupRow, actor: Actor): Promise<void> {
  await users.update(await guard.user(actor, user.id, { locale: 'de' }), null)
  // @ts-expect-error a row and a patch, without having asked the guard
  await users.update({ row: user, patch: { isAdmin: true } }, null)
  // @ts-expect-error a row alone
  await users.remove(user, null)
  // @ts-expect-error admitted to be changed is not admitted to be removed
  await users.remove(await guard.user(actor, user.id, {}), null)
  // @ts-expect-error a group is no user
  await users.update(await guard.group(actor, group.id, {}), null)
  // @ts-expect-error a list of members, without having asked the guard
  await groups.update({ row: group, patch: { members: [] } }, null)
  // @ts-expect-error whose row it is, is not for a patch to say
  await guard.user(actor, user.id, { source: null })
  const sealed: AdmittedUser | AdmittedGroup = await guard.user(actor, user.id, {})
  // @ts-expect-error what was admitted stays as it was admitted
  sealed.patch = {}
}

/** Reads have no way to write. */
export async function reads({ db }: Host): Promise<void> {
  await db.read.all('select 1')
  // @ts-expect-error writes go through the queue
  await db.read.run('delete from users')
  // @ts-expect-error so do inserts
  db.read.insert({})
}

const table = defineSettings({
  pageTitle: text({ label: 'Title', help: 'A title.' }),
  pageSize: whole({ label: 'Size', help: 'A size.', default: 20, min: 1, max: 100 }),
  pageOn: flag({ label: 'On', help: 'A switch.' }),
})

/** Values have the types that their settings declare, and a refusal only the codes of its table. */
export function values(known: Values<typeof table>, host: Host<typeof table>): AppError {
  const size: number = known.pageSize
  const on: boolean = host.settings.pageOn
  // @ts-expect-error a text is no number
  const wrong: number = known.pageTitle
  // @ts-expect-error nobody declared this one
  const unknown = host.settings.pageColour
  // @ts-expect-error a snapshot is not for writing
  known.pageSize = 5
  const { refuse } = defineErrors({ page_not_found: { status: 404, message: 'There is no such page.' } })
  // @ts-expect-error a misspelt code
  refuse('page_not_fond')
  return refuse('page_not_found', { details: { size, on, wrong, unknown } })
}
