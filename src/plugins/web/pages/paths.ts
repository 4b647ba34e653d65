// Where pages are that others link to.

export const clientsPath = '/settings/admin/oidc-clients'
export const myAppsPath = '/settings/apps'
