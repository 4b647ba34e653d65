// What becomes of an entry here: its id, its values, its standing, and the account that has them.
import { and, eq, or } from 'drizzle-orm'
import { users } from '#core/db/tables.ts'
import type { UserRow } from '#core/identity/actor.ts'
import { variable } from '../check.ts'
import { choose } from '../read/choices.ts'
import type { MappedUser, Skipped } from '../read/map.ts'
import { standingAttributes, standingOf } from '../read/standing.ts'
import { sourceOf } from '../source.ts'
import type { SyncHost } from '../sync.ts'
import { type Entry, identifier, values } from '../wire/entry.ts'
import { windowsGuid } from '../wire/sid.ts'
import { type Finding, no, note, yes } from './explanation.ts'

/** The findings about what an entry that the user filter finds stands for. @param lockIsOver it is locked by its words, and that has run out */
export async function explainAccount(
  host: SyncHost,
  entry: Entry,
  mapped: MappedUser | Skipped,
  lockIsOver: boolean,
): Promise<readonly Finding[]> {
  const { settings } = host
  const idAttribute = settings.ldapAttributeUserUniqueIdentifier
  const id = identifier(entry, idAttribute)
  if (id === '') return [no('id', `it has no ${idAttribute}: see ${variable('ldapAttributeUserUniqueIdentifier')}.`)]
  const linked = await findLinked(host, id)
  const windows = idAttribute.toLowerCase() === 'objectguid' ? windowsGuid(id) : undefined
  const about = [
    yes('id', `its ${idAttribute} is ${id}${windows ? ` (Windows prints ${windows})` : ''}`),
    ...explainStanding(host, entry, lockIsOver),
  ]
  if (mapped.kind === 'skipped') {
    const kept = linked ? `; the account ${linked.username}, which has this id, stays as it is` : ''
    return [...about, no('values', `it is left out: it ${mapped.why}${kept}.`)]
  }
  const { username, displayName, email } = mapped.profile
  const fine = yes('values', `it stands for ${username} (${displayName}, ${email ?? 'no e-mail'})`)
  return [...about, fine, ...(linked ? explainLinked(linked, mapped) : await explainUnlinked(host, mapped))]
}

function explainStanding({ settings, clock }: SyncHost, entry: Entry, lockIsOver: boolean): readonly Finding[] {
  const { shutOut } = standingOf(entry, clock.now())
  if (!shutOut) return []
  const said = standingAttributes.find((name) => {
    const alone = { dn: entry.dn, attributes: new Map([[name.toLowerCase(), values(entry, name)]]) }
    return standingOf(alone, clock.now()).shutOut
  })
  const what = `${said}: ${said === undefined ? '' : [...values(entry, said)].join(', ')}`
  if (lockIsOver) return [note('standing', `it was locked after wrong passwords (${what}), and that time is over.`)]
  return settings.ldapRespectDisabled
    ? [no('standing', `the directory says it is disabled, locked or expired (${what}).`)]
    : [
        note(
          'standing',
          `the directory says it is disabled, locked or expired (${what}), and ${variable('ldapRespectDisabled')} is off.`,
        ),
      ]
}

const findLinked = async (host: SyncHost, externalId: string): Promise<UserRow | undefined> =>
  (
    await host.db.read
      .select()
      .from(users)
      .where(and(eq(users.source, sourceOf(host)), eq(users.externalId, externalId)))
  )[0]

function explainLinked(row: UserRow, mapped: MappedUser): readonly Finding[] {
  const fields = ['username', 'email', 'firstName', 'lastName', 'displayName'] as const
  const profile = choose(mapped.profile, mapped.choices, { ...row, claims: row.sourceClaims })
  const differing = fields.filter((field) => profile[field] !== row[field])
  const same = differing.length === 0 ? '' : `; the next run looks at ${differing.join(', ')} again`
  const account = `the account ${row.username} is linked to this id${same}`
  if (row.disabled) return [no('account', `${account}, but an administrator disabled it here.`)]
  if (row.sourceDisabled) return [no('account', `${account}, and the last run found it disabled in the directory, or gone.`)]
  return [yes('account', account)]
}

/** Nobody has this id yet: is the way free? */
async function explainUnlinked({ db }: SyncHost, { profile }: MappedUser): Promise<readonly Finding[]> {
  const { username, email } = profile
  const sameName = eq(users.username, username)
  const rivals = await db.read
    .select()
    .from(users)
    .where(email === null ? sameName : or(sameName, eq(users.email, email)))
  if (rivals.length === 0) return [note('account', 'no account is linked to this id yet; the next run makes one')]
  return rivals.map((rival) => {
    const what = rival.username.toLowerCase() === username.toLowerCase() ? `user name ${username}` : `e-mail address ${email}`
    const whose = rival.source === null ? 'the local account' : `an account from ${rival.source},`
    return no('account', `no account is linked to this id, and the ${what} belongs to ${whose} ${rival.username}.`)
  })
}
