// Hands the kernel the REST interface of the application configuration.
import { start } from '#core/kernel/plugin.ts'
import { routes } from './routes.ts'
import { settings } from './settings.ts'

export default start(settings, (host) => ({ routes: routes(host) }))
