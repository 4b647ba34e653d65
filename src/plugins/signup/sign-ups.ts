// Signing up: is it allowed, is the invitation good, and then account, groups, claims and the use of the invitation in one transaction.
import { newId } from '#core/crypto.ts'
import type { Transaction } from '#core/db/client.ts'
import { customClaims, groupMembers } from '#core/db/tables.ts'
import { invalidFields } from '#core/errors.ts'
import type { GroupRow } from '#core/identity/actor.ts'
import type { Host } from '#core/kernel/plugin.ts'
import type { SignUps } from '#core/sign-up-port.ts'
import { invitationNeeded, signupErrors } from './errors.ts'
import { accountOf } from './input.ts'
import type { settings as table } from './settings.ts'
import type { Invitations } from './tokens.ts'

type Settled = Host<typeof table>

export function createSignUps(host: Settled, invitations: Invitations): SignUps {
  const { settings, identity } = host
  const mode = settings.allowUserSignups
  /** Nobody of the directory acts here, so its groups are left out: who is in them is said there. */
  const open = (rows: readonly GroupRow[]) =>
    identity.guard.groupsOpenToEdits({ kind: 'source', name: 'signup' }, rows).map(({ row }) => row.id)
  const mayComeIn = (token: string): void => {
    if (mode === 'disabled') throw signupErrors.refuse('open_signup_disabled')
    if (mode === 'withToken' && token === '') throw signupErrors.refuse('open_signup_disabled', { message: invitationNeeded })
  }
  const defaultGroups = async () => {
    const found = await Promise.all(settings.signupDefaultUserGroupIDs.map(identity.groups.find))
    return found.filter((group) => group !== undefined)
  }
  return {
    mode,
    async check(token) {
      mayComeIn(token)
      if (token !== '' && !(await invitations.isGood(token))) throw signupErrors.refuse('token_invalid_or_expired')
    },
    tokens: invitations.list,
    createToken: invitations.create,
    removeToken: invitations.remove,
    async signUp(person, token, origin) {
      mayComeIn(token)
      const { requireUserEmail, emailsVerified } = host.core
      if (requireUserEmail && person.email === '') throw emailMissing()
      const everybodys = await defaultGroups()
      return identity.users.create(accountOf(person, emailsVerified), null, async (tx, userId) => {
        const spent = token === '' ? undefined : await invitations.spend(tx, token)
        await join(tx, userId, open([...everybodys, ...(spent?.groups ?? [])]))
        for (const claim of settings.signupDefaultCustomClaims) {
          await tx.insert(customClaims).values({ id: newId(), userId, ...claim })
        }
        return spent ? { method: 'signup_token', signupTokenId: spent.id, ...origin } : { method: 'open_signup', ...origin }
      })
    },
  }
}

export const emailMissing = () =>
  invalidFields([{ field: 'email', code: 'required', message: 'An e-mail address is required here.' }])

async function join(tx: Transaction, userId: string, groupIds: readonly string[]): Promise<void> {
  const rows = [...new Set(groupIds)].map((groupId) => ({ groupId, userId }))
  if (rows.length > 0) await tx.insert(groupMembers).values(rows)
}
