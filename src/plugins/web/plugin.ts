// Hands the kernel the pages, and how a refusal looks to a person.
import { Hono } from 'hono'
import { keepsOpener } from '#core/http/letterhead.ts'
import { type HostEnv, start } from '#core/kernel/plugin.ts'
import { readAssets } from './assets.ts'
import { errorPage } from './error-page.tsx'
import { accountRoutes } from './routes/account-routes.tsx'
import { apiRoutes } from './routes/api-routes.tsx'
import { appSignInRoutes } from './routes/app-sign-in-routes.tsx'
import { clientRoutes } from './routes/client-routes.tsx'
import { configurationRoutes } from './routes/configuration-routes.tsx'
import { deviceLoginRoutes } from './routes/device-login-routes.tsx'
import { deviceRoutes } from './routes/device-routes.tsx'
import { directoryRoutes } from './routes/directory-routes.tsx'
import { frameRoutes } from './routes/frame-routes.ts'
import { groupRoutes } from './routes/group-routes.tsx'
import { mailRoutes } from './routes/mail-routes.tsx'
import { myAppsRoutes } from './routes/my-apps-routes.tsx'
import { recordsRoutes } from './routes/records-routes.tsx'
import { signInRoutes } from './routes/sign-in-routes.tsx'
import { signUpRoutes } from './routes/sign-up-routes.tsx'
import { userRoutes } from './routes/user-routes.tsx'
import { settings } from './settings.ts'

export default start(settings, (host) => {
  const web = { host, assets: readAssets() }
  const parts = [
    frameRoutes,
    signInRoutes,
    deviceLoginRoutes,
    signUpRoutes,
    mailRoutes,
    appSignInRoutes,
    deviceRoutes,
    accountRoutes,
    userRoutes,
    groupRoutes,
    configurationRoutes,
    directoryRoutes,
    clientRoutes,
    apiRoutes,
    myAppsRoutes,
    recordsRoutes,
  ]
  const routes = new Hono<HostEnv>().use('/login/*', keepsOpener).use('/interaction/*', keepsOpener)
  for (const part of parts) routes.route('/', part(web))
  return { routes, errorPage: errorPage(web) }
})
