// What the instance's own pictures are, before any of it is loaded.
import { definePlugin } from '#core/kernel/plugin.ts'
import { settings } from './settings.ts'

export const manifest = definePlugin({
  name: 'application-images',
  api: 1,
  settings,
  migrations: new URL('./migrations/', import.meta.url),
  succeeds: { tables: [], load: () => import('./pocket-id.ts') },
  load: () => import('./plugin.ts'),
})
