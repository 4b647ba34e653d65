// Pure: desired users x held rows -> what has to change. Rows match by external id alone: a renamed user keeps the passkeys.
import { variable } from '../check.ts'
import { type DesiredUser, type DesiredUsers, staysOut } from '../read/desired.ts'
import { TextColumn, Texts } from '../read/texts.ts'
import { plainProfile } from '../read/values.ts'
import { Changed, Creation } from './changed.ts'
import { type HeldUsers, rowOf } from './held-rows.ts'
import { type Claim, foldName, type NameOwner, settle } from './names.ts'
import type { Conflict, HeldUser, StandingChange, UserCreation, UserFields, UserPlan, UserUpdate } from './plan.ts'

/** Everything planning compares with. */
export interface UserGround {
  readonly held: HeldUsers
  /** The values of held rows, by row id; needed only for those whose desired profile is there. */
  readonly fields: ReadonlyMap<string, UserFields>
  /** Who has each name that somebody wants, folded; rows of every source. */
  readonly usernames: ReadonlyMap<string, NameOwner>
  readonly emails: ReadonlyMap<string, NameOwner>
  /** Accounts that are kept aside, by external id. */
  readonly kept: ReadonlyMap<string, string>
}

export interface UserRules {
  readonly admins: ReadonlySet<number>
  readonly emailsVerified: boolean
  readonly leavers: 'disable' | 'remove'
  /** A read that is not proven whole may add and update, never take away. */
  readonly mayRemove: boolean
  readonly newId: () => string
}

/** What names are settled among. */
interface Rivals extends UserGround {
  /** Rows of the directory that it does not have any more. */
  readonly leaving: ReadonlySet<string>
}

/** Compares what the directory wants with what we hold, in the order of the directory. */
export function planUsers(desired: DesiredUsers, ground: UserGround, rules: UserRules): Omit<UserPlan, 'adopt'> {
  const leaving = leavers(desired, ground, rules)
  const freed = new Set(leaving.flatMap(({ id, how }) => (how === 'remove' ? [id] : [])))
  const changed: Changed[] = []
  for (const [at, user] of desired.entries()) {
    if (!user.profile) continue
    const row = rowOf(ground.held, user)
    changed.push(new Changed(desired, at, row, row && ground.fields.get(row.id)))
  }
  const rejected = settleNames(changed, { ...ground, leaving: new Set(leaving.map(({ id }) => id)) }, freed)
  const ordinary = { isAdmin: false, returns: false, emailVerified: rules.emailsVerified }
  const create: UserCreation[] = []
  const update: UserUpdate[] = []
  const made = new TextColumn()
  for (const one of changed) {
    const lost = rejected.get(one.user.externalId)?.fields ?? []
    if (one.row) update.push(...updated(one, one.row, ground, lost, rules))
    else if (lost.length === 0) {
      const kept = ground.kept.get(one.user.externalId)
      const isAdmin = rules.admins.has(one.at)
      const terms = isAdmin || kept !== undefined ? { ...ordinary, isAdmin, returns: kept !== undefined } : ordinary
      made.set(one.at, kept ?? rules.newId())
      create.push(new Creation(desired, one.at, made, terms))
    }
  }
  const held = (user: DesiredUser | undefined) => user && rowOf(ground.held, user)?.id
  const rowIds = { length: desired.length, at: (position: number) => made.at(position) ?? held(desired.at(position)) }
  const conflicts = [...rejected.values()].flatMap((rejection) => rejection.conflicts)
  const standing = [...standings(desired, ground, rules), ...leaversStanding(leaving, ground)]
  return { create, update, standing, leaving, park: parked(update, ground), conflicts, rowIds }
}

function leavers(
  desired: DesiredUsers,
  { held, fields }: UserGround,
  { leavers: how, mayRemove }: UserRules,
): UserPlan['leaving'] {
  if (!mayRemove) return []
  return rowsWithoutEntry(desired, held)
    .filter(({ sourceDisabled }) => how === 'remove' || !sourceDisabled)
    .map(({ id }) => ({ id, username: fields.get(id)?.username, how }))
}

/** Rows that no entry stands for. Each entry is there once, so that most often counting tells that there are none. */
export function rowsWithoutEntry(desired: DesiredUsers, held: UserGround['held']): readonly HeldUser[] {
  let found = 0
  for (const [, user] of desired.entries()) if (rowOf(held, user)) found++
  if (found === held.size) return []
  const here = new Set<string>()
  for (const [, { externalId }] of desired.entries()) here.add(externalId)
  return [...held.values()].filter(({ externalId }) => !here.has(externalId))
}

type Field = 'username' | 'email'

function updated(
  { user: { dn, digest }, profile }: Changed,
  row: HeldUser,
  ground: UserGround,
  lost: readonly Field[],
  rules: UserRules,
): UserUpdate[] {
  const held = ground.fields.get(row.id)
  if (!held) return []
  const wanted = { ...plainProfile(profile), ...Object.fromEntries(lost.map((field) => [field, held[field]])) }
  const emailVerified = wanted.email === held.email ? held.emailVerified || rules.emailsVerified : rules.emailsVerified
  const fields: UserFields = { ...wanted, emailVerified }
  const names = (Object.keys(fields) as (keyof UserFields)[]).filter((name) => fields[name] !== held[name])
  const newDigest = lost.length > 0 ? null : (digest ?? null)
  if (names.length === 0 && newDigest === row.digest) return []
  const only = (from: UserFields) => Object.fromEntries(names.map((name) => [name, from[name]]))
  return [{ id: row.id, dn, username: held.username, fields, before: only(held), after: only(fields), digest: newDigest }]
}

/** Rights and access follow the directory also where the entry itself was skipped or is in conflict. */
function standings(desired: DesiredUsers, { held, fields }: UserGround, { admins, mayRemove }: UserRules): StandingChange[] {
  const all: StandingChange[] = []
  for (const [at, user] of desired.entries()) {
    const row = rowOf(held, user)
    if (!row) continue
    const isAdmin = admins.has(at) || (row.isAdmin && !mayRemove)
    const sourceDisabled = staysOut(user, row.sourceDisabled)
    if (row.isAdmin === isAdmin && row.sourceDisabled === sourceDisabled) continue
    const was = { isAdmin: row.isAdmin, sourceDisabled: row.sourceDisabled }
    all.push({ id: row.id, username: fields.get(row.id)?.username, was, isNow: { isAdmin, sourceDisabled } })
  }
  return all
}

/** Who left is no longer an administrator, should the account be enabled by hand one day. */
function leaversStanding(leaving: UserPlan['leaving'], { held }: UserGround): StandingChange[] {
  if (leaving.length === 0) return []
  const disabled = new Map(leaving.flatMap(({ id, how, username }) => (how === 'disable' ? [[id, username] as const] : [])))
  return [...held.values()]
    .filter(({ id }) => disabled.has(id))
    .map(({ id, isAdmin, sourceDisabled }) => {
      const was = { isAdmin, sourceDisabled }
      return { id, username: disabled.get(id), was, isNow: { isAdmin: false, sourceDisabled: true } }
    })
}

/** Rows that hold a name which another row takes over. */
function parked(update: readonly UserUpdate[], { usernames, emails }: UserGround): readonly string[] {
  const moving = new Set(update.map(({ id }) => id))
  const owners = update.flatMap(({ id, after }) => {
    const names = [after.username && usernames.get(foldName(after.username)), after.email && emails.get(foldName(after.email))]
    return names.flatMap((owner) => (owner && owner.rowId !== id && moving.has(owner.rowId) ? [owner.rowId] : []))
  })
  return [...new Set(owners)]
}

/** What somebody cannot have, and the sentences about it. */
interface Rejection {
  readonly fields: readonly Field[]
  readonly conflicts: readonly Conflict[]
  /** Row ids and external ids of those who have, or get, these names. */
  readonly obstacles: readonly string[]
}

/** Settles user names and addresses together; by external id. An account that cannot be made claims neither, so others are asked anew. */
function settleNames(changed: readonly Changed[], ground: Rivals, freed: ReadonlySet<string>): ReadonlyMap<string, Rejection> {
  const rejected = new Map<string, Rejection>()
  for (;;) {
    const open = changed.filter(({ user }) => !rejected.has(user.externalId))
    const round = settleOnce(open, ground, freed)
    const hopeless = hopelessIn(open, round)
    for (const { user } of hopeless.length > 0 ? hopeless : open) {
      const rejection = round.get(user.externalId)
      if (rejection) rejected.set(user.externalId, rejection)
    }
    if (hopeless.length === 0) return rejected
  }
}

/** Accounts that cannot be made, now that their rivals are known to be. In a circle of rivals the last one gives way. */
function hopelessIn(open: readonly Changed[], round: ReadonlyMap<string, Rejection>): readonly Changed[] {
  const stuck = open.filter(({ user, row }) => !row && round.has(user.externalId))
  const ids = new Set(stuck.map(({ user }) => user.externalId))
  const certain = stuck.filter(({ user }) => round.get(user.externalId)?.obstacles.some((obstacle) => !ids.has(obstacle)))
  return certain.length > 0 ? certain : stuck.slice(-1)
}

function settleOnce(open: readonly Changed[], ground: Rivals, freed: ReadonlySet<string>): ReadonlyMap<string, Rejection> {
  // Whoever has no address any more leaves it to others without claiming one.
  const released = open.flatMap(({ profile, row }) => (row && profile.email === null ? [row.id] : []))
  const failed: Readonly<Record<Field, ReadonlyMap<string, string>>> = {
    username: settle(claims(open, ground, 'username'), ground.usernames, freed),
    email: settle(claims(open, ground, 'email'), ground.emails, new Set([...freed, ...released])),
  }
  if (failed.username.size + failed.email.size === 0) return new Map()
  const dns = new Map(open.map(({ user }) => [user.externalId, user.dn]))
  return new Map(
    open.flatMap(({ user, profile }) => {
      const fields = (['username', 'email'] as const).filter((field) => failed[field].has(user.externalId))
      const conflicts = fields.map((field) => {
        const value = profile[field] ?? ''
        const owner = (field === 'username' ? ground.usernames : ground.emails).get(foldName(value))
        const rival = dns.get(failed[field].get(user.externalId) ?? '')
        return {
          entity: 'user' as const,
          dn: user.dn,
          field,
          value,
          ...conflictSentence(field, value, owner && asItWillBe(owner, ground), rival),
        }
      })
      const obstacles = fields.map((field) => failed[field].get(user.externalId) ?? '')
      return fields.length === 0 ? [] : [[user.externalId, { fields, conflicts, obstacles }] as const]
    }),
  )
}

/** Whoever leaves in this very run is told of as gone. */
const asItWillBe = (owner: NameOwner, { leaving }: Rivals): NameOwner =>
  leaving.has(owner.rowId) ? { ...owner, left: true } : owner

const words: Readonly<Record<Field, string>> = { username: 'user name', email: 'e-mail address' }

function conflictSentence(
  field: Field,
  value: string,
  owner: NameOwner | undefined,
  rival: string | undefined,
): Pick<Conflict, 'other' | 'why'> {
  const what = `the ${words[field]} ${value}`
  if (rival !== undefined)
    return { other: rival, why: `${what} is also claimed by ${rival}. Change it in one of the two entries.` }
  const [other, todo] = ownerSide(owner)
  return { other, why: `${what} belongs to ${other}${todo}` }
}

function ownerSide(owner: NameOwner | undefined): readonly [other: string, todo: string] {
  if (owner?.source === null)
    return [
      `the local account ${owner.username}`,
      `. Change one of the two, remove the local account, or let entries adopt local accounts (${variable('ldapAdoptLocalUsers')}).`,
    ]
  if (owner?.elsewhere !== undefined)
    return [
      `the account ${owner.username} of the directory ${owner.elsewhere}`,
      ', which keeps it. Change one of the two entries, or leave one out by a filter.',
    ]
  if (owner?.left)
    return [
      `the account ${owner.username}, which left the directory and is kept disabled`,
      '. If this entry is the same person made anew, remove the old account here.',
    ]
  return [`the account ${owner?.username} from the directory`, ', which keeps it. Change one of the two entries.']
}

/** Who wants a name that is not theirs yet. Left out are new accounts whose name nobody has and nobody else wants: nearly all of a first run. */
function claims(changed: readonly Changed[], ground: UserGround, field: Field): Claim[] {
  const owners = field === 'username' ? ground.usernames : ground.emails
  const wantedBy = createCounts(changed.length)
  const wants = ({ profile, row }: Changed): string => {
    const name = foldName(profile[field] ?? '')
    const held = row && ground.fields.get(row.id)
    return held && foldName(held[field] ?? '') === name ? '' : name
  }
  for (const [index, one] of changed.entries()) wantedBy.count(index, wants(one))
  return changed.flatMap((one, index): Claim[] => {
    if (!one.row && owners.size === 0 && !wantedBy.isShared(index)) return []
    const name = wants(one)
    if (name === '' || (!one.row && !owners.has(name) && !wantedBy.isShared(index))) return []
    return [{ by: one.user.externalId, rowId: one.row?.id, wants: name }]
  })
}

/** Tells whether a name was counted more than once. */
function createCounts(length: number) {
  const texts = new Texts()
  const numbers = new Int32Array(length).fill(-1)
  const shared = new Set<number>()
  return {
    count(index: number, name: string): void {
      if (name === '') return
      const before = texts.size
      const number = texts.add(name)
      numbers[index] = number
      if (number < before) shared.add(number)
    },
    isShared: (index: number): boolean => shared.has(numbers[index] ?? -1),
  }
}
