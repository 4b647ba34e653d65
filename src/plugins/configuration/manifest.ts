// What the plugin for the application configuration says of itself. It is always on.
import { definePlugin } from '#core/kernel/plugin.ts'
import { errors } from './errors.ts'
import { settings } from './settings.ts'

/** The configuration plugin. */
export const manifest = definePlugin({
  name: 'configuration',
  api: 1,
  settings,
  errors: errors.table,
  load: () => import('./plugin.ts'),
})
