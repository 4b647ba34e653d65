// What signing in by a one-time code is, before any of it is loaded.
import { definePlugin } from '#core/kernel/plugin.ts'
import { oneTimeErrors } from './errors.ts'
import { settings } from './settings.ts'

export const manifest = definePlugin({
  name: 'one-time-access',
  api: 1,
  settings,
  errors: oneTimeErrors.table,
  migrations: new URL('./migrations/', import.meta.url),
  commands: [
    {
      usage: 'one-time-access-token <username or email>',
      summary: 'Print a link that signs this user in once',
      load: () => import('./cli.ts'),
    },
  ],
  succeeds: { tables: ['one_time_access_tokens'] },
  load: () => import('./plugin.ts'),
})
