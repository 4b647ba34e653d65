// The one list of built-in manifests. Order is the order of start and of the navigation.
import type { Plugin } from '#core/kernel/plugin.ts'
import { manifest as accounts } from './accounts/manifest.ts'
import { manifest as apiKeys } from './api-keys/manifest.ts'
import { manifest as applicationImages } from './application-images/manifest.ts'
import { manifest as auditLog } from './audit-log/manifest.ts'
import { manifest as configuration } from './configuration/manifest.ts'
import { manifest as deviceLogin } from './device-login/manifest.ts'
import { manifest as email } from './email/manifest.ts'
import { manifest as geoip } from './geoip/manifest.ts'
import { manifest as ldap } from './ldap/manifest.ts'
import { manifest as metrics } from './metrics/manifest.ts'
import { manifest as oidc } from './oidc/manifest.ts'
import { manifest as oneTimeAccess } from './one-time-access/manifest.ts'
import { manifest as passkey } from './passkey/manifest.ts'
import { manifest as scim } from './scim/manifest.ts'
import { manifest as signup } from './signup/manifest.ts'
import { manifest as web } from './web/manifest.ts'

export const catalog: readonly Plugin[] = [
  accounts,
  apiKeys,
  applicationImages,
  auditLog,
  configuration,
  deviceLogin,
  email,
  geoip,
  ldap,
  metrics,
  oidc,
  oneTimeAccess,
  passkey,
  scim,
  signup,
  web,
]
