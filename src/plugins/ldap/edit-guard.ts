// Which fields of a row the directory owns, and what somebody who edits them here is answered.
import type { AppError } from '#core/errors.ts'
import { isDisabled } from '#core/identity/actor.ts'
import type { GroupOwnership, UserOwnership } from '#core/identity/ownership.ts'
import { ldapErrors } from './errors.ts'
import { labelOf, sourceOf } from './source.ts'
import type { LdapHost } from './sync.ts'

/** People: what comes from the directory is kept quietly, as Pocket ID does; the language is everybody's own. */
export const userOwnership = (host: Pick<LdapHost, 'instance'>): UserOwnership => ({
  entity: 'user',
  source: sourceOf(host),
  fields: ['username', 'email', 'emailVerified', 'firstName', 'lastName', 'displayName', 'isAdmin', 'disabled'],
  onEdit: { kind: 'keep' },
  onRemove: (row): AppError | undefined => (isDisabled(row) ? undefined : ldapErrors.refuse('ldap_user_update')),
  label: labelOf(host),
})

/** Groups: name and members are the directory's; an edit is refused. */
export const groupOwnership = (host: Pick<LdapHost, 'instance'>): GroupOwnership => ({
  entity: 'group',
  source: sourceOf(host),
  fields: ['name', 'friendlyName', 'members'],
  onEdit: { kind: 'refuse', error: () => ldapErrors.refuse('ldap_user_group_update') },
  onRemove: () => ldapErrors.refuse('ldap_user_group_update'),
  label: labelOf(host),
})
