// What the OpenID provider is, before any of it is loaded.
import { definePlugin } from '#core/kernel/plugin.ts'
import { oidcErrors } from './errors.ts'
import { sealed } from './sealed.ts'
import { settings } from './settings.ts'

export const manifest = definePlugin({
  name: 'oidc',
  api: 1,
  settings,
  enabled: ({ oidcEnabled }) => oidcEnabled,
  errors: oidcErrors.table,
  nav: [
    { title: 'My apps', href: '/settings/apps', icon: 'layout-grid', for: 'user' },
    { title: 'Apps', href: '/settings/admin/oidc-clients', icon: 'app-window', for: 'admin' },
    { title: 'APIs', href: '/settings/admin/apis', icon: 'braces', for: 'admin' },
  ],
  migrations: new URL('./migrations/', import.meta.url),
  sealed: [sealed],
  commands: [
    {
      usage: 'key-rotate [--alg <ES256|RS256|EdDSA>] [--now] [--yes]',
      summary: 'Make new keys that sign tokens; the old ones stay published until their tokens are over',
      load: () => import('./cli-key-rotate.ts'),
    },
  ],
  succeeds: {
    tables: [
      'oidc_clients',
      'oidc_clients_allowed_user_groups',
      'user_authorized_oidc_clients',
      'apis',
      'api_permissions',
      'oidc_clients_allowed_api_permissions',
      'oidc_authorization_codes',
      'oidc_refresh_tokens',
      'oidc_device_codes',
      'oidc_pushed_authorization_requests',
      'oauth2_sessions',
      'oauth2_jtis',
      'interaction_sessions',
    ],
    load: () => import('./pocket-id.ts'),
  },
  load: () => import('./plugin.ts'),
})
