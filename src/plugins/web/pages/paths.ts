// Where pages are that others link to.

export const clientsPath = '/settings/admin/oidc-clients'
export const apisPath = '/settings/admin/apis'
export const myAppsPath = '/settings/apps'
export const apiKeysPath = '/settings/admin/api-keys'
export const activityPath = '/settings/audit-log'
export const auditLogPath = '/settings/audit-log/global'
export const emailWayPath = '/login/alternative/email'
export const verifyPath = '/verify-email'
export const sendVerificationPath = '/settings/account/verify-email'
export const signUpPath = '/signup'
export const invitationsPath = '/settings/admin/users/signup-tokens'

/** An address that speaks of one of several directories. */
export const withSource = (path: string, source: string | undefined): string =>
  source === undefined ? path : `${path}?source=${encodeURIComponent(source)}`
