// Refusals of the routes that change the configuration and start a directory run.
import { defineErrors } from '#core/errors.ts'

/** The codes of this plugin; the first is Pocket ID's. */
export const errors = defineErrors({
  ldap_disabled: { status: 409, message: 'No directory is switched on. Set ldapEnabled first.' },
  directory_sync_refused: { status: 409, message: 'The directory run was refused and changed nothing.' },
  directory_sync_failed: { status: 503, message: 'The directory run failed.' },
})
