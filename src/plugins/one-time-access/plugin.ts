// Hands the kernel what one-time access contributes: routes, daily sweeps, and links for other plugins to hand out.
import { start } from '#core/kernel/plugin.ts'
import { oneTimeLinks } from '#core/ports.ts'
import { routes } from './routes.ts'
import { settings } from './settings.ts'
import { createOneTimeTokens } from './tokens.ts'

export default start(settings, (host) => {
  const tokens = createOneTimeTokens(host)
  host.offer(oneTimeLinks, { mint: tokens.mint, redeem: tokens.redeem })
  return {
    routes: routes(host, tokens),
    jobs: [
      daily('ClearExpiredOneTimeAccessTokens', '27 3 * * *', tokens.sweep),
      daily('ClearExpiredSessions', '37 3 * * *', host.identity.sessions.sweep),
    ],
  }
})

const daily = (name: string, schedule: string, sweep: () => Promise<void>) => ({
  name,
  schedule,
  async run() {
    await sweep()
    return undefined
  },
})
