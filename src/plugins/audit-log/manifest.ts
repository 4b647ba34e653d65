// What the audit log is, before any of it is loaded.
import { definePlugin } from '#core/kernel/plugin.ts'
import { settings } from './settings.ts'

/** Notes who did what, and lets everybody see their own part of it. */
export const manifest = definePlugin({
  name: 'audit-log',
  api: 1,
  settings,
  migrations: new URL('./migrations/', import.meta.url),
  load: () => import('./plugin.ts'),
})
