// The name of one directory in the rows it owns, and of its job: each copy of the plugin is a directory of its own.
import { inWordsOfCopy } from '#core/kernel/copies.ts'
import type { Host } from '#core/kernel/plugin.ts'

type Which = Pick<Host, 'instance'>

/** `ldap` for the first directory, `ldap-2` for the one that LDAP_2_URL names. */
export const sourceOf = ({ instance }: Which): string => (instance === 1 ? 'ldap' : `ldap-${instance}`)

/** The job's name in the log, as operators of Pocket ID know it; its lease is named after it. */
export const jobNameOf = ({ instance }: Which): string => (instance === 1 ? 'SyncLdap' : `SyncLdap-${instance}`)

/** What people read where a field cannot be edited. */
export const labelOf = ({ instance }: Which): string => (instance === 1 ? 'LDAP' : `LDAP ${instance}`)

/** A sentence with the names of this directory's variables: LDAP_2_URL for LDAP_URL. */
export const inWordsOf = ({ instance }: Which, text: string): string => inWordsOfCopy(text, 'ldap', instance)

/** The key under which a setting of this directory is stored: ldap2Url for ldapUrl. */
export const storedKey = ({ instance }: Which, key: string): string =>
  instance === 1 ? key : key.replace(/^ldap/, `ldap${instance}`)
