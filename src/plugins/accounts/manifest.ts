// What the plugin for users, groups and claims says of itself. It is always on.
import { definePlugin } from '#core/kernel/plugin.ts'
import { pictureErrors } from '#core/pictures/errors.ts'
import { errors } from './errors.ts'
import { settings } from './settings.ts'

/** The accounts plugin. */
export const manifest = definePlugin({
  name: 'accounts',
  api: 1,
  settings,
  errors: { ...errors.table, ...pictureErrors.table },
  load: () => import('./plugin.ts'),
})
