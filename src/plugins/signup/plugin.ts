// Hands the kernel the initial set-up.
import { start } from '#core/kernel/plugin.ts'
import { routes } from './routes.ts'
import { settings } from './settings.ts'

export default start(settings, (host) => ({ routes: routes(host) }))
