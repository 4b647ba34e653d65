// What signing up is, before any of it is loaded.
import { definePlugin } from '#core/kernel/plugin.ts'
import { signupErrors } from './errors.ts'
import { sealed } from './sealed.ts'
import { settings } from './settings.ts'

export const manifest = definePlugin({
  name: 'signup',
  api: 1,
  settings,
  errors: signupErrors.table,
  migrations: new URL('./migrations/', import.meta.url),
  sealed: [sealed],
  succeeds: { tables: ['signup_tokens', 'signup_tokens_user_groups'], load: () => import('./pocket-id.ts') },
  load: () => import('./plugin.ts'),
})
