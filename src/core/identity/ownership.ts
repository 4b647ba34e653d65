// Pure: who owns which field of a row. The sole maker of Admitted, which every write of a user or group asks for.
import type { AppError } from '../errors.ts'
import type { Actor, GroupRow, UserRow } from './actor.ts'

/** What of a user can be written from here. */
export type UserPatch = Partial<
  Pick<
    UserRow,
    'username' | 'email' | 'emailVerified' | 'firstName' | 'lastName' | 'displayName' | 'isAdmin' | 'locale' | 'disabled'
  >
>
/** What of a group can be written from here; `members` stands for its list of members. */
export interface GroupPatch extends Partial<Pick<GroupRow, 'name' | 'friendlyName'>> {
  readonly members?: readonly string[]
}

/** An owner's answer to somebody else's edit: drop the owned fields quietly, or refuse the whole edit. */
export type EditAnswer = { readonly kind: 'keep' } | { readonly kind: 'refuse'; readonly error: () => AppError }

interface OwnershipOf<Entity extends string, Row, Patch> {
  readonly entity: Entity
  /** Rows with this `source` are owned. */
  readonly source: string
  readonly fields: readonly (keyof Patch & string)[]
  readonly onEdit: EditAnswer
  /** Undefined lets the row go. */
  readonly onRemove: (row: Row) => AppError | undefined
  /** Where the value comes from, for people: "your directory". */
  readonly label: string
}

export type UserOwnership = OwnershipOf<'user', UserRow, UserPatch>
export type GroupOwnership = OwnershipOf<'group', GroupRow, GroupPatch>
/** Fields that a source other than the admin writes. */
export type Ownership = UserOwnership | GroupOwnership

declare const admitted: unique symbol

/** A row and what may be written to it. Only this file makes one, so a write that forgot the guard does not compile. */
export interface Admitted<Row, Patch> {
  readonly row: Row
  readonly patch: Patch
  readonly [admitted]: true
}

export type AdmittedUser = Admitted<UserRow, UserPatch>
export type AdmittedGroup = Admitted<GroupRow, GroupPatch>
/** A row that may be removed. */
export type AdmittedRemoval<Row> = Admitted<Row, 'remove'>

export type Verdict<A> =
  | { readonly kind: 'admitted'; readonly admitted: A }
  | { readonly kind: 'refused'; readonly error: AppError }

type Rows = { user: UserRow; group: GroupRow }
type Patches = { user: UserPatch; group: GroupPatch }

const seal = <Row, Patch>(row: Row, patch: Patch) => ({ row, patch }) as Admitted<Row, Patch>

function ownerOf(ownerships: readonly Ownership[], entity: Ownership['entity'], actor: Actor, row: UserRow | GroupRow) {
  if (row.source === null) return undefined
  if (actor.kind === 'source' && actor.name === row.source) return undefined
  return ownerships.find((one) => one.entity === entity && one.source === row.source)
}

/**
 * Decides about an edit. Fields that nobody else owns pass; owned ones are dropped or stop the edit, as their owner says.
 * When the source's plugin is off nobody claims its rows, so they can be edited like any other.
 */
export function admit<E extends keyof Rows>(
  entity: E,
  ownerships: readonly Ownership[],
  actor: Actor,
  row: Rows[E],
  patch: Patches[E],
): Verdict<Admitted<Rows[E], Patches[E]>> {
  const owner = ownerOf(ownerships, entity, actor, row)
  if (!owner) return { kind: 'admitted', admitted: seal(row, patch) }
  const owned = new Set<string>(owner.fields)
  const touched = Object.keys(patch).filter((field) => owned.has(field))
  if (touched.length > 0 && owner.onEdit.kind === 'refuse') return { kind: 'refused', error: owner.onEdit.error() }
  const rest = Object.fromEntries(Object.entries(patch).filter(([field]) => !owned.has(field)))
  return { kind: 'admitted', admitted: seal(row, rest as Patches[E]) }
}

/** Decides about a removal. */
export function admitRemoval<E extends keyof Rows>(
  entity: E,
  ownerships: readonly Ownership[],
  actor: Actor,
  row: Rows[E],
): Verdict<AdmittedRemoval<Rows[E]>> {
  const owner = ownerOf(ownerships, entity, actor, row)
  const error = owner && (owner.onRemove as (row: UserRow | GroupRow) => AppError | undefined)(row)
  return error ? { kind: 'refused', error } : { kind: 'admitted', admitted: seal(row, 'remove') }
}

/** The fields of a row that cannot be edited here, and who owns them; for pages and the wire. */
export function locked(
  entity: keyof Rows,
  ownerships: readonly Ownership[],
  row: UserRow | GroupRow,
): { readonly fields: readonly string[]; readonly by: string | undefined } {
  const owner = ownerships.find((one) => one.entity === entity && one.source === row.source)
  return { fields: owner?.fields ?? [], by: owner?.label }
}
