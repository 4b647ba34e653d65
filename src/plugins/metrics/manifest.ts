// What the numbers for monitoring are, before any of it is loaded.
import { definePlugin } from '#core/kernel/plugin.ts'
import { settings } from './settings.ts'

export const manifest = definePlugin({
  name: 'metrics',
  api: 1,
  settings,
  enabled: ({ metricsEnabled }) => metricsEnabled,
  load: () => import('./plugin.ts'),
})
