// A plugin whose only thing is a secret.
import { definePlugin, start } from '#core/kernel/plugin.ts'
import { defineSettings, text } from '#core/settings/define.ts'

const settings = defineSettings({ vaultPassword: text({ label: 'Password', help: 'Opens nothing.', secret: true }) })

export const secretPlugin = definePlugin({
  name: 'vault',
  api: 1,
  settings,
  load: async () => ({ default: start(settings, () => ({})) }),
})
