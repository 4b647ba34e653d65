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
      usage: 'ldap sync [--dry-run] [--json] [--accept-removals] [--source <directory>]',
      summary: 'Bring users and groups in line with the directory',
      load: () => import('./cli/sync.ts'),
    },
    {
      usage: 'ldap plan [--json | --csv] [--source <directory>]',
      summary: 'What a sync would change, line by line; the plan it shows can be applied',
      load: () => import('./cli/plan.ts'),
    },
    {
      usage: 'ldap apply <plan> [--json] [--source <directory>]',
      summary: 'Carry out a plan that waits, if it is still what a sync would do',
      load: () => import('./cli/apply.ts'),
    },
    {
      usage: 'ldap undo <run> [--json] [--source <directory>]',
      summary: 'Take back what a run changed: removed users return with their passkeys',
      load: () => import('./cli/undo.ts'),
    },
    {
      usage: 'ldap runs [<run>] [--json | --csv] [--source <directory>]',
      summary: 'What past runs did, and which plans wait',
      load: () => import('./cli/runs.ts'),
    },
    {
      usage: 'ldap test [--json] [--source <directory>]',
      summary: 'Try the LDAP settings on the directory, step by step',
      load: () => import('./cli/test.ts'),
    },
    {
      usage: 'ldap explain <user> [--group <group>] [--json] [--source <directory>]',
      summary: 'Say why somebody is or is not here, in a group, an administrator',
      load: () => import('./cli/explain.ts'),
    },
  ],
  succeeds: { tables: [], settings: { ldapAttributeAdminGroup: 'ldapAdminGroupName' }, load: () => import('./pocket-id.ts') },
  load: () => import('./plugin.ts'),
})
