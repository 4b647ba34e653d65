// What LDAP is, before any of it is loaded.
import { definePlugin } from '#core/kernel/plugin.ts'
import { check } from './check.ts'
import { ldapErrors } from './errors.ts'
import { settings } from './settings.ts'

/** A directory that fills users and groups. */
export const manifest = definePlugin({
  name: 'ldap',
  api: 1,
  settings,
  numbered: 'ldap',
  enabled: ({ ldapEnabled }) => ldapEnabled,
  check,
  errors: ldapErrors.table,
  migrations: new URL('./migrations/', import.meta.url),
  commands: [
    {
      usage: 'ldap sync [--dry-run] [--json] [--accept-removals]',
      summary: 'Bring users and groups in line with the directory',
      load: () => import('./cli-sync.ts'),
    },
    {
      usage: 'ldap test [--json]',
      summary: 'Try the LDAP settings on the directory, step by step',
      load: () => import('./cli-test.ts'),
    },
  ],
  load: () => import('./plugin.ts'),
})
