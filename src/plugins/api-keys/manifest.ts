// What API keys are, before any of it is loaded.
import { definePlugin } from '#core/kernel/plugin.ts'
import { apiKeyErrors } from './errors.ts'
import { settings } from './settings.ts'

/** Keys with which programs act for a person. */
export const manifest = definePlugin({
  name: 'api-keys',
  api: 1,
  settings,
  errors: apiKeyErrors.table,
  nav: [{ title: 'API keys', href: '/settings/admin/api-keys', icon: 'key-square', for: 'admin' }],
  migrations: new URL('./migrations/', import.meta.url),
  succeeds: { tables: ['api_keys'], load: () => import('./pocket-id.ts') },
  load: () => import('./plugin.ts'),
})
