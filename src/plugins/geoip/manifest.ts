// What the places of addresses are, before any of it is loaded.
import { definePlugin } from '#core/kernel/plugin.ts'
import { settings } from './settings.ts'

/** Says in which city and country an address lies, from a database that is fetched or lies there. */
export const manifest = definePlugin({
  name: 'geoip',
  api: 1,
  settings,
  enabled: ({ maxmindLicenseKey, geoliteDbPath, geoliteDbUrl, localIpv6Ranges }) =>
    localIpv6Ranges.length > 0 || [maxmindLicenseKey, geoliteDbPath, geoliteDbUrl].some((value) => value !== ''),
  check: ({ maxmindLicenseKey, geoliteDbUrl }) =>
    geoliteDbUrl.includes('%s') && maxmindLicenseKey === ''
      ? [{ field: 'maxmindLicenseKey', code: 'required', message: 'Is missing: GEOLITE_DB_URL has a place for it (%s).' }]
      : [],
  load: () => import('./plugin.ts'),
})
