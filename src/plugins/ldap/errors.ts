// Refusals of everything that has to do with the directory.
import { defineErrors } from '#core/errors.ts'

export const ldapErrors = defineErrors({
  ldap_user_update: { status: 403, message: 'This account comes from LDAP. Remove or disable it in the directory.' },
  ldap_user_group_update: {
    status: 403,
    message: 'This group comes from LDAP. Change it in the directory; the next sync brings it here.',
  },
  ldap_source_not_found: { status: 404, message: 'There is no such directory.' },
  ldap_unreachable: { status: 503, message: 'The directory cannot be reached.' },
  ldap_run_not_found: { status: 404, message: 'There is no such run.' },
  ldap_plan_not_found: { status: 404, message: 'There is no such plan. Make a new one: a plan waits for a day.' },
  ldap_sync_refused: { status: 409, message: 'The sync was refused and changed nothing.' },
  ldap_undo_refused: { status: 409, message: 'This run cannot be undone.' },
  ldap_sync_running: { status: 409, message: 'Another sync is running. Try again when it has ended.' },
})

export type LdapErrorCode = keyof typeof ldapErrors.table
export const isLdapErrorCode = (code: string): code is LdapErrorCode => code in ldapErrors.table
