// What telling apps of people is, before any of it is loaded.
import { definePlugin } from '#core/kernel/plugin.ts'
import { scimErrors } from './errors.ts'
import { sealed } from './sealed.ts'
import { settings } from './settings.ts'

/** People and groups are pushed to the SCIM 2.0 servers of apps. */
export const manifest = definePlugin({
  name: 'scim',
  api: 1,
  settings,
  errors: scimErrors.table,
  migrations: new URL('./migrations/', import.meta.url),
  sealed: [sealed],
  succeeds: { tables: ['scim_service_providers'], load: () => import('./pocket-id.ts') },
  load: () => import('./plugin.ts'),
})
