// The variables that point a server to the sample directory, as an operator writes them.
import type { OpenLdap } from './openldap.ts'

/** The documented set-up: settings come from the environment alone, and one group makes administrators. */
export const ldapEnvironment = ({
  url,
  base,
  bindDn,
  bindPassword,
}: Pick<OpenLdap, 'url' | 'base' | 'bindDn' | 'bindPassword'>): Readonly<Record<string, string>> => ({
  LDAP_ENABLED: 'true',
  UI_CONFIG_DISABLED: 'true',
  LDAP_URL: url,
  LDAP_BIND_DN: bindDn,
  LDAP_BIND_PASSWORD: bindPassword,
  LDAP_BASE: base,
  LDAP_USER_SEARCH_FILTER: '(objectClass=inetOrgPerson)',
  LDAP_ATTRIBUTE_USER_UNIQUE_IDENTIFIER: 'entryUUID',
  LDAP_ATTRIBUTE_USER_USERNAME: 'uid',
  LDAP_ATTRIBUTE_USER_EMAIL: 'mail',
  LDAP_ATTRIBUTE_USER_FIRST_NAME: 'givenName',
  LDAP_ATTRIBUTE_USER_LAST_NAME: 'sn',
  LDAP_ATTRIBUTE_GROUP_UNIQUE_IDENTIFIER: 'entryUUID',
  LDAP_ATTRIBUTE_GROUP_NAME: 'cn',
  LDAP_ADMIN_GROUP_NAME: '_pocket_id_admins',
  // Whoever counts what a run does wants no change to come in before it.
  LDAP_LIVE: 'false',
})
