// What the pages are, before any of them is loaded. They are always on.
import { definePlugin } from '#core/kernel/plugin.ts'
import { settings } from './settings.ts'

/** The pages plugin: sign-in, one's own account, administration. */
export const manifest = definePlugin({
  name: 'web',
  api: 1,
  settings,
  nav: [
    { title: 'My account', href: '/settings/account', icon: 'circle-user', for: 'user' },
    { title: 'Users', href: '/settings/admin/users', icon: 'users-round', for: 'admin' },
    { title: 'Groups', href: '/settings/admin/user-groups', icon: 'boxes', for: 'admin' },
    { title: 'Directory', href: '/settings/admin/directory', icon: 'folder-sync', for: 'admin' },
    { title: 'Configuration', href: '/settings/admin/application-configuration', icon: 'sliders-horizontal', for: 'admin' },
  ],
  load: () => import('./plugin.ts'),
})
