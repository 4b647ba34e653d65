// Hands the kernel the initial set-up, signing up, and a port for the pages.
import { start } from '#core/kernel/plugin.ts'
import { signUps as port } from '#core/sign-up-port.ts'
import { routes } from './routes.ts'
import { settings } from './settings.ts'
import { createSignUps } from './sign-ups.ts'
import { tokenRoutes } from './token-routes.ts'
import { createInvitations } from './tokens.ts'

export default start(settings, (host) => {
  const invitations = createInvitations(host)
  const signUps = createSignUps(host, invitations)
  host.offer(port, signUps)
  return {
    routes: routes(host, signUps).route('/', tokenRoutes(host, signUps)),
    jobs: [
      {
        name: 'ClearExpiredSignupTokens',
        schedule: '17 3 * * *',
        async run() {
          await invitations.sweep()
          return undefined
        },
      },
    ],
  }
})
