// Pure: what is missing or malformed in settings that are each well-formed. The admin API refuses by these, a run reports them.
import type { FieldFault } from '#core/errors.ts'
import { environmentName, type Values } from '#core/settings/define.ts'
import { claimsFault } from './read/rules.ts'
import { settings } from './settings.ts'
import { filterFault } from './wire/filter.ts'

export type LdapSettings = Values<typeof settings>
export type LdapKey = keyof LdapSettings

/** The variable that sets a key, as an operator knows it: LDAP_BIND_DN. */
export const variable = (key: LdapKey): string => environmentName(key, settings[key])

const required: readonly (readonly [LdapKey, string])[] = [
  ['ldapUrl', 'Is missing: set the address of the directory, such as ldap://ldap.example.org.'],
  ['ldapBase', 'Is missing: set where to search, such as dc=example,dc=org.'],
  [
    'ldapAttributeUserUniqueIdentifier',
    'Is missing: name the attribute that never changes, such as entryUUID, objectGUID or uuid.',
  ],
  ['ldapAttributeUserUsername', 'Is missing: name the attribute with the user name, such as uid or sAMAccountName.'],
  [
    'ldapAttributeGroupUniqueIdentifier',
    'Is missing: name the attribute that never changes, such as entryUUID, objectGUID or uuid.',
  ],
  ['ldapAttributeGroupName', 'Is missing: name the attribute with the group’s name, such as cn.'],
]

/** Every fault of the settings as a whole, by field. Empty: a run may start. */
export function check(values: LdapSettings): readonly FieldFault[] {
  const missing = required.flatMap(([key, message]) => (String(values[key]) === '' ? [fault(key, 'required', message)] : []))
  return [...missing, ...filters(values), ...security(values), ...claims(values)]
}

const fault = (field: LdapKey, code: string, message: string): FieldFault => ({ field, code, message })

function filters(values: LdapSettings): readonly FieldFault[] {
  return (['ldapUserSearchFilter', 'ldapUserGroupSearchFilter'] as const).flatMap((key) => {
    const wrong = filterFault(values[key])
    return wrong ? [fault(key, 'invalid', wrong)] : []
  })
}

function claims({ ldapClaims }: LdapSettings): readonly FieldFault[] {
  const wrong = claimsFault(ldapClaims)
  return wrong ? [fault('ldapClaims', 'invalid', wrong)] : []
}

function security(values: LdapSettings): readonly FieldFault[] {
  const faults: FieldFault[] = []
  // RFC 4513 section 5.1.2: a name without a password counts as anonymous and many servers call that a success.
  if (values.ldapBindDn !== '' && values.ldapBindPassword === '' && !values.ldapSaslExternal)
    faults.push(
      fault(
        'ldapBindPassword',
        'required',
        'Is missing: the bind DN needs a password; without one a directory treats it as anonymous.',
      ),
    )
  if (values.ldapStartTls && values.ldapUrl.some((url) => url.toLowerCase().startsWith('ldaps:')))
    faults.push(fault('ldapStartTls', 'invalid', 'Does not go with ldaps://, which is encrypted already: use one of the two.'))
  if (values.ldapCaFile !== '' && values.ldapCaCertificate !== '')
    faults.push(fault('ldapCaCertificate', 'invalid', 'Use either the CA file or the certificate, not both.'))
  if (values.ldapCaCertificate !== '' && !values.ldapCaCertificate.includes('-----BEGIN CERTIFICATE-----'))
    faults.push(
      fault('ldapCaCertificate', 'invalid', 'Must be a certificate in PEM form, beginning with -----BEGIN CERTIFICATE-----.'),
    )
  return [...faults, ...clientCertificate(values)]
}

function clientCertificate(values: LdapSettings): readonly FieldFault[] {
  const has = { certificate: values.ldapClientCertificate !== '', key: values.ldapClientKey !== '' }
  const encrypted = values.ldapStartTls || values.ldapUrl.every((url) => url.toLowerCase().startsWith('ldaps:'))
  if (has.certificate && !has.key)
    return [fault('ldapClientKey', 'required', 'Is missing: a client certificate needs the key that belongs to it.')]
  if (has.key && !has.certificate)
    return [fault('ldapClientCertificate', 'required', 'Is missing: a client key needs the certificate that belongs to it.')]
  if (values.ldapSaslExternal && !has.certificate)
    return [fault('ldapClientCertificate', 'required', 'Is missing: binding by certificate needs one.')]
  if (values.ldapSaslExternal && !encrypted)
    return [fault('ldapSaslExternal', 'invalid', 'Needs an encrypted connection: use ldaps://, or switch StartTLS on.')]
  return []
}
