// What the audit log is, before any of it is loaded.
import { definePlugin } from '#core/kernel/plugin.ts'
import { settings } from './settings.ts'

/** Notes who did what, and lets everybody see their own part of it. */
export const manifest = definePlugin({
  name: 'audit-log',
  api: 1,
  settings,
  nav: [
    { title: 'My activity', href: '/settings/audit-log', icon: 'history', for: 'user' },
    { title: 'Audit log', href: '/settings/audit-log/global', icon: 'scroll-text', for: 'admin' },
  ],
  migrations: new URL('./migrations/', import.meta.url),
  succeeds: { tables: ['audit_logs'], load: () => import('./pocket-id.ts') },
  load: () => import('./plugin.ts'),
})
