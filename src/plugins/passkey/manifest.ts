// What signing in by passkey is, before any of it is loaded.
import { definePlugin } from '#core/kernel/plugin.ts'
import { passkeyErrors } from './errors.ts'
import { settings } from './settings.ts'

export const manifest = definePlugin({
  name: 'passkey',
  api: 1,
  settings,
  errors: passkeyErrors.table,
  migrations: new URL('./migrations/', import.meta.url),
  succeeds: {
    tables: ['webauthn_credentials', 'webauthn_sessions', 'reauthentication_tokens'],
    load: () => import('./pocket-id.ts'),
  },
  load: () => import('./plugin.ts'),
})
