// The LDAP_* table: where the directory is, what to search for, which attribute means what.
import * as v from 'valibot'
import { choice, defineSettings, flag, list, setting, text, whole } from '#core/settings/define.ts'
import { kinds, presets } from './presets.ts'
import { claimFault, templateFault } from './read/rules.ts'
import { addressFault } from './wire/address.ts'
import { withoutBlanks } from './wire/filter.ts'

/** Says what is wrong with a text, where something is. */
const faultless = (faultOf: (text: string) => string | undefined) =>
  v.check(
    (text: string) => faultOf(text) === undefined,
    ({ input }) => faultOf(input) ?? '',
  )

const address = v.pipe(
  v.string(),
  v.check(
    (url) => URL.canParse(url) && /^ldaps?:\/\//i.test(url),
    'Must be an address such as ldap://host:389 or ldaps://host; where to search belongs into LDAP_BASE.',
  ),
  faultless(addressFault),
  // Addresses stand in the log and in reports.
  v.check(
    (url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '',
    'Must not hold an account: its name belongs into LDAP_BIND_DN, its password into LDAP_BIND_PASSWORD.',
  ),
)

const attribute = (label: string, help: string, byDefault = '') =>
  text({
    label,
    help,
    default: byDefault,
    schema: v.pipe(
      v.string(),
      v.regex(
        /^([A-Za-z][A-Za-z0-9-]*|[0-9]+(\.[0-9]+)*)?(;[A-Za-z0-9-]+)*$/,
        'Must be the name of one attribute, such as mail.',
      ),
    ),
  })

/** A filter that may be laid out over lines, as in a compose file. */
const filter = v.pipe(v.string(), v.transform(withoutBlanks))

/** A text in a small language of its own. */
const rule = (faultOf: (text: string) => string | undefined) => v.pipe(v.string(), faultless(faultOf))

export const settings = defineSettings({
  ldapEnabled: flag({ label: 'LDAP', help: 'Fill users and groups from a directory.', public: true }),
  ldapPreset: choice(['', ...kinds], {
    label: 'Kind of directory',
    help: 'Fills filters and attribute names as this kind of directory has them, wherever nothing else is set.',
    default: '',
    presets,
  }),
  ldapUrl: list({
    label: 'LDAP URL',
    help: 'ldap://host:389 or ldaps://host:636. Several, separated by spaces or commas, are tried in order.',
    each: address,
  }),
  ldapBindDn: text({
    label: 'Bind DN',
    help: 'The account that searches, such as cn=readonly,dc=example,dc=org. Empty: anonymous.',
  }),
  ldapBindPassword: setting({
    kind: 'text',
    schema: v.string(),
    default: '',
    label: 'Bind password',
    help: 'The password of that account.',
    secret: true,
  }),
  ldapBase: text({ label: 'Search base', help: 'Where to search, with everything below it: dc=example,dc=org.' }),
  ldapUserSearchFilter: text({
    label: 'User search filter',
    help: 'Which entries are users, as an LDAP filter.',
    default: '(objectClass=person)',
    schema: filter,
  }),
  ldapUserGroupSearchFilter: text({
    label: 'User group search filter',
    help: 'Which entries are groups, as an LDAP filter.',
    default: '(objectClass=groupOfNames)',
    schema: filter,
  }),
  ldapStartTls: flag({
    label: 'StartTLS',
    help: 'Encrypt an ldap:// connection before anything is said. Not needed for ldaps://.',
  }),
  ldapSkipCertVerify: flag({
    label: 'Trust any certificate',
    help: 'Encrypts without knowing with whom: only for trying out. A certificate authority below is the right way.',
  }),
  ldapCaFile: text({ label: 'CA file', help: 'Path of a PEM file with the authority that signed the directory’s certificate.' }),
  ldapCaCertificate: text({ label: 'CA certificate', help: 'The same authority as PEM text.' }),
  ldapTlsServerName: text({ label: 'Certificate name', help: 'The name in the certificate, where it differs from the address.' }),
  ldapTlsMinVersion: choice(['TLSv1.2', 'TLSv1.3', 'TLSv1.1', 'TLSv1'], {
    label: 'Oldest TLS version',
    help: 'Older ones are refused. Below TLSv1.2 only for a directory that cannot be renewed.',
    default: 'TLSv1.2',
  }),
  ldapClientCertificate: text({
    label: 'Client certificate',
    help: 'Shown to a directory that asks for one: PEM text, or the path of a PEM file, which is read anew for each connection.',
  }),
  ldapClientKey: setting({
    kind: 'text',
    schema: v.string(),
    default: '',
    label: 'Key of the client certificate',
    help: 'PEM text without a pass phrase, or the path of a PEM file.',
    secret: true,
  }),
  ldapSaslExternal: flag({
    label: 'Bind by certificate',
    help: 'SASL EXTERNAL: the client certificate says who we are, instead of bind DN and password.',
  }),
  ldapAttributeUserUniqueIdentifier: attribute(
    'User unique identifier attribute',
    'Required. Its value must never change: entryUUID, objectGUID, uuid (lldap), nsUniqueId.',
  ),
  ldapAttributeUserUsername: attribute('Username attribute', 'Required: uid, sAMAccountName.'),
  ldapAttributeUserEmail: attribute('User mail attribute', 'Usually mail.'),
  ldapAttributeUserFirstName: attribute('User first name attribute', 'Usually givenName.'),
  ldapAttributeUserLastName: attribute('User last name attribute', 'Usually sn.'),
  ldapAttributeUserDisplayName: attribute('User display name attribute', 'Falls back to cn, then to first and last name.', 'cn'),
  ldapDisplayNameTemplate: text({
    label: 'Display name template',
    help: 'Makes the display name of several attributes: {givenName} {sn}. Where none of them has a value, the attribute above counts.',
    schema: rule(templateFault),
  }),
  ldapClaims: list({
    label: 'Claims',
    help: 'Further attributes for apps, as claim=attribute: department=departmentNumber, title=title. With [] behind the attribute all its values go into a JSON array: roles=employeeType[].',
    each: rule(claimFault),
  }),
  ldapAttributeUserProfilePicture: attribute(
    'User profile picture attribute',
    'jpegPhoto or thumbnailPhoto: the picture itself, or in base64. An address counts only where the next setting allows its host.',
  ),
  ldapPictureHosts: list({
    label: 'Hosts of pictures',
    help: 'Hosts that pictures may be fetched from where the attribute holds addresses: pictures.example.org. Empty: none.',
    each: v.pipe(
      v.string(),
      v.regex(/^([a-z0-9-]+\.)*[a-z0-9-]+(:\d{1,5})?$/i, 'Must be a host name, such as pictures.example.org.'),
    ),
  }),
  ldapAttributeGroupMember: attribute(
    'Group members attribute',
    'member, uniqueMember, or memberUid where it holds user names.',
    'member',
  ),
  ldapAttributeUserMemberOf: attribute(
    'Groups attribute of users',
    'memberOf, where groups do not list their members or the bind account may not read them. Empty: groups say who is in them.',
  ),
  ldapAttributeGroupUniqueIdentifier: attribute(
    'Group unique identifier attribute',
    'Required. Its value must never change: entryUUID, objectGUID, uuid.',
  ),
  ldapAttributeGroupName: attribute('Group name attribute', 'Required. Usually cn.'),
  ldapAdminGroupName: text({
    label: 'Admin group name',
    help: 'Members of the group with this name become administrators, such as _pocket_id_admins.',
    aliases: ['LDAP_ATTRIBUTE_ADMIN_GROUP'],
  }),
  ldapNestedGroups: flag({ label: 'Nested groups', help: 'Members of a group inside a group count as members of both.' }),
  ldapPrimaryGroup: flag({
    label: 'Primary groups',
    help: 'Active Directory: a user belongs to the primary group too, which the member attribute leaves out.',
  }),
  ldapSoftDeleteUsers: flag({
    label: 'Keep users who left',
    help: 'A user gone from the directory is disabled and keeps the passkeys. Off: the user is removed.',
    default: true,
  }),
  ldapRespectDisabled: flag({
    label: 'Respect disabled accounts',
    help: 'An account that is disabled, locked or expired in the directory is disabled here.',
    default: true,
  }),
  ldapLive: flag({
    label: 'Live changes',
    help: 'Keep one connection open on which the directory tells of changes, so that they are here in a second. Where it cannot, they come in within a minute or with the hourly run.',
    default: true,
  }),
  ldapAdoptLocalUsers: choice(['no', 'username', 'email', 'both'], {
    label: 'Adopt local accounts',
    help: 'A new entry takes over the local account with the same user name, or with the same verified e-mail address; passkeys stay. No: such an entry is listed as a conflict.',
    default: 'no',
  }),
  ldapStaged: flag({
    label: 'Staging',
    help: 'Runs plan and report, and write nothing until this is switched off. An administrator can apply a plan by hand.',
  }),
  ldapMaxRemovalPercent: whole({
    label: 'Largest share to remove',
    help: 'A run that would disable or remove more than this share of the users or groups is held until an administrator applies it, in percent.',
    default: 20,
    min: 0,
    max: 100,
  }),
  ldapMaxRemovalCount: whole({
    label: 'Most to remove',
    help: 'The same for more than this many users or groups, whatever their share.',
    default: 500,
    min: 1,
    max: 10_000_000,
  }),
  ldapMaxMemberRemovalPercent: whole({
    label: 'Largest share of a group to remove',
    help: 'A run that would take more than this share of the members from a group (and more than ten), or of the administrators, is held, in percent.',
    default: 50,
    min: 0,
    max: 100,
  }),
  ldapKeepRemovedDays: whole({
    label: 'Keep what was removed',
    help: 'For so many days a run can be undone, and a user or group that comes back gets the old account with its passkeys. 0: nothing is kept.',
    default: 30,
    min: 0,
    max: 3650,
  }),
  ldapPageSize: whole({ label: 'Page size', help: 'How many entries to ask for at a time.', default: 1000, min: 1, max: 10_000 }),
})
