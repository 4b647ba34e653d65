// What signing in by means of another device is, before any of it is loaded.
import { definePlugin } from '#core/kernel/plugin.ts'
import { deviceLoginErrors } from './errors.ts'
import { settings } from './settings.ts'

export const manifest = definePlugin({
  name: 'device-login',
  api: 1,
  settings,
  enabled: ({ deviceLoginEnabled }) => deviceLoginEnabled,
  errors: deviceLoginErrors.table,
  migrations: new URL('./migrations/', import.meta.url),
  succeeds: { tables: ['device_login_requests'] },
  load: () => import('./plugin.ts'),
})
