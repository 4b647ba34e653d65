// Pure: which setting and which attribute each field of an account or a group comes from.
import type { OriginField } from '#core/directory-ports.ts'
import type { GroupRow, UserRow } from '#core/identity/actor.ts'
import { type LdapKey, type LdapSettings, variable } from '../check.ts'
import { claimRule, templateAttributes } from '../read/rules.ts'

type Value = OriginField['value']

/** One field that an attribute is named for. */
function from(field: string, key: LdapKey, settings: LdapSettings, value: Value, note: string | null = null): OriginField {
  return { field, value, setting: variable(key), attribute: String(settings[key]) || null, note }
}

/** What the directory decides of somebody, field by field. @param held the claims it decides, by name */
export function originOfUser(
  row: UserRow,
  held: ReadonlyMap<string, string>,
  settings: LdapSettings,
  emailsVerified: boolean,
): readonly OriginField[] {
  return [
    from('username', 'ldapAttributeUserUsername', settings, row.username),
    from('email', 'ldapAttributeUserEmail', settings, row.email),
    {
      ...{ field: 'emailVerified', value: row.emailVerified, setting: 'EMAILS_VERIFIED', attribute: null },
      note: emailsVerified
        ? 'Addresses of the directory count as verified.'
        : 'An address of the directory is not verified by being there.',
    },
    from('firstName', 'ldapAttributeUserFirstName', settings, row.firstName),
    from('lastName', 'ldapAttributeUserLastName', settings, row.lastName),
    displayName(row, settings),
    isAdmin(row, settings),
    disabled(row, settings),
    ...(settings.ldapAttributeUserProfilePicture === ''
      ? []
      : [from('picture', 'ldapAttributeUserProfilePicture', settings, null)]),
    ...claims(held, settings),
  ]
}

function displayName({ displayName: value }: UserRow, settings: LdapSettings): OriginField {
  const template = settings.ldapDisplayNameTemplate
  if (template === '')
    return from(
      'displayName',
      'ldapAttributeUserDisplayName',
      settings,
      value,
      'Where the attribute is empty: cn, then first and last name.',
    )
  const attribute = templateAttributes(template).join(', ')
  return {
    ...{ field: 'displayName', value, setting: variable('ldapDisplayNameTemplate'), attribute },
    note: `Made by the template "${template}".`,
  }
}

function isAdmin({ isAdmin: value }: UserRow, { ldapAdminGroupName: group }: LdapSettings): OriginField {
  const note =
    group === ''
      ? 'No group makes administrators.'
      : `Members of the group "${group}" are administrators, and nobody else of the directory.`
  return { field: 'isAdmin', value, setting: variable('ldapAdminGroupName'), attribute: null, note }
}

function disabled(row: UserRow, { ldapRespectDisabled, ldapSoftDeleteUsers }: LdapSettings): OriginField {
  const facts = [
    ...(row.disabled ? ['Disabled by an administrator here; the directory does not change that.'] : []),
    ...(row.sourceDisabled
      ? ['Disabled because the directory disabled, locked or expired the entry, or does not have it any more.']
      : []),
  ]
  const rule = ldapRespectDisabled
    ? 'Follows the directory: disabled, locked, expired or gone there is disabled here.'
    : 'Whether the directory disables an entry does not count; an entry that is gone does.'
  const gone = ldapSoftDeleteUsers ? [] : ['Whoever is gone from the directory is removed here.']
  const note = facts.length > 0 ? facts.join(' ') : [rule, ...gone].join(' ')
  return {
    field: 'disabled',
    value: row.disabled || row.sourceDisabled,
    setting: variable('ldapRespectDisabled'),
    attribute: null,
    note,
  }
}

function claims(held: ReadonlyMap<string, string>, { ldapClaims }: LdapSettings): readonly OriginField[] {
  return ldapClaims.flatMap((text): OriginField[] => {
    const rule = claimRule(text)
    if (!rule) return []
    const { claim, attribute, all } = rule
    const note = all ? 'All values of the attribute, as a JSON array.' : null
    return [{ field: `claim:${claim}`, value: held.get(claim) ?? null, setting: variable('ldapClaims'), attribute, note }]
  })
}

/** What the directory decides of a group. */
export function originOfGroup(row: GroupRow, settings: LdapSettings): readonly OriginField[] {
  const name = 'ldapAttributeGroupName'
  return [
    from('name', name, settings, row.name),
    from('friendlyName', name, settings, row.friendlyName, 'The name, cut to 50 characters.'),
    ...(settings.ldapAttributeUserMemberOf === ''
      ? []
      : [from('members', 'ldapAttributeUserMemberOf', settings, null, 'As users say it.')]),
    from('members', 'ldapAttributeGroupMember', settings, null, memberNote(settings)),
  ]
}

function memberNote({ ldapNestedGroups, ldapPrimaryGroup }: LdapSettings): string {
  const nested = ldapNestedGroups ? 'Members of groups inside it are members too.' : 'Groups inside it do not count.'
  return ldapPrimaryGroup ? `${nested} Users whose primary group it is are members too.` : nested
}
