// What sending letters is, before any of it is loaded. Always on: it remembers devices, and answers who asks in vain.
import { definePlugin } from '#core/kernel/plugin.ts'
import { emailErrors } from './errors.ts'
import { sealed } from './sealed.ts'
import { settings } from './settings.ts'

export const manifest = definePlugin({
  name: 'email',
  api: 1,
  settings,
  errors: emailErrors.table,
  migrations: new URL('./migrations/', import.meta.url),
  sealed: [sealed],
  succeeds: { tables: ['email_verification_tokens'] },
  load: () => import('./plugin.ts'),
})
