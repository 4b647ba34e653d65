// Pure: what each kind of directory calls its things. A preset fills what nobody set; every value can be set otherwise.

/** The kinds of directory we know. */
export const kinds = ['openldap', 'lldap', 'active-directory', '389ds', 'freeipa', 'authentik', 'kanidm', 'glauth'] as const
export type Kind = (typeof kinds)[number]

/** As people call them. */
export const kindLabels: Readonly<Record<Kind, string>> = {
  openldap: 'OpenLDAP',
  lldap: 'lldap',
  'active-directory': 'Active Directory or Samba',
  '389ds': '389 Directory Server',
  freeipa: 'FreeIPA',
  authentik: 'Authentik’s LDAP outpost',
  kanidm: 'Kanidm',
  glauth: 'GLAuth',
}

const person = {
  ldapUserSearchFilter: '(objectClass=inetOrgPerson)',
  ldapUserGroupSearchFilter: '(objectClass=groupOfNames)',
  ldapAttributeUserUniqueIdentifier: 'entryUUID',
  ldapAttributeUserUsername: 'uid',
  ldapAttributeUserEmail: 'mail',
  ldapAttributeUserFirstName: 'givenName',
  ldapAttributeUserLastName: 'sn',
  ldapAttributeUserDisplayName: 'displayName',
  ldapAttributeUserProfilePicture: 'jpegPhoto',
  ldapAttributeGroupMember: 'member',
  ldapAttributeGroupUniqueIdentifier: 'entryUUID',
  ldapAttributeGroupName: 'cn',
} as const

/** The texts of settings, by key. An empty text: this kind has no such attribute. */
export type Preset = Readonly<
  Record<keyof typeof person, string> & Partial<Record<'ldapNestedGroups' | 'ldapPrimaryGroup', string>>
>

export const presets: Readonly<Record<Kind, Preset>> = {
  openldap: person,
  // `uuid` and `entryUUID` are the same there; Pocket ID's users know it as uuid.
  lldap: {
    ...person,
    ldapUserSearchFilter: '(objectClass=person)',
    ldapAttributeUserUniqueIdentifier: 'uuid',
    ldapAttributeUserDisplayName: 'cn',
    ldapAttributeGroupUniqueIdentifier: 'uuid',
  },
  'active-directory': {
    ...person,
    ldapUserSearchFilter: '(&(objectCategory=person)(objectClass=user))',
    ldapUserGroupSearchFilter: '(objectClass=group)',
    ldapAttributeUserUniqueIdentifier: 'objectGUID',
    ldapAttributeUserUsername: 'sAMAccountName',
    ldapAttributeUserProfilePicture: 'thumbnailPhoto',
    ldapAttributeGroupUniqueIdentifier: 'objectGUID',
    // What Windows itself means by being a member: through groups, and by the primary group, which `member` leaves out.
    ldapNestedGroups: 'true',
    ldapPrimaryGroup: 'true',
  },
  '389ds': {
    ...person,
    ldapUserSearchFilter: '(objectClass=person)',
    ldapAttributeUserUniqueIdentifier: 'nsUniqueId',
    ldapAttributeGroupUniqueIdentifier: 'nsUniqueId',
  },
  // The compatibility tree repeats every user without inetOrgPerson; hosts and services are no users.
  freeipa: {
    ...person,
    ldapUserGroupSearchFilter: '(objectClass=ipaUserGroup)',
    ldapAttributeUserUniqueIdentifier: 'ipaUniqueID',
    ldapAttributeGroupUniqueIdentifier: 'ipaUniqueID',
    ldapNestedGroups: 'true',
  },
  // Each user has a virtual group of the same name there. First and last name are not kept apart.
  authentik: {
    ...person,
    ldapUserSearchFilter: '(objectClass=goauthentik.io/ldap/user)',
    ldapUserGroupSearchFilter: '(&(objectClass=group)(!(objectClass=goauthentik.io/ldap/virtual-group)))',
    ldapAttributeUserUniqueIdentifier: 'uid',
    ldapAttributeUserUsername: 'cn',
    ldapAttributeUserFirstName: '',
    ldapAttributeUserLastName: '',
    ldapAttributeUserProfilePicture: '',
    ldapAttributeGroupUniqueIdentifier: 'uid',
  },
  kanidm: {
    ...person,
    ldapUserSearchFilter: '(objectClass=person)',
    ldapUserGroupSearchFilter: '(objectClass=group)',
    ldapAttributeUserUsername: 'name',
    ldapAttributeUserFirstName: '',
    ldapAttributeUserLastName: '',
    ldapAttributeUserProfilePicture: '',
    ldapAttributeGroupName: 'name',
  },
  // It makes no ids of its own: the POSIX numbers are what stays when somebody is renamed.
  glauth: {
    ...person,
    ldapUserSearchFilter: '(objectClass=posixAccount)',
    ldapUserGroupSearchFilter: '(objectClass=posixGroup)',
    ldapAttributeUserUniqueIdentifier: 'uidNumber',
    ldapAttributeUserDisplayName: 'cn',
    ldapAttributeUserProfilePicture: '',
    ldapAttributeGroupMember: 'memberUid',
    ldapAttributeGroupUniqueIdentifier: 'gidNumber',
  },
}
