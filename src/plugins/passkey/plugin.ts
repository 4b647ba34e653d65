// Hands the kernel what passkeys contribute: routes, a sweep, and two ports for other plugins.
import { start } from '#core/kernel/plugin.ts'
import { passkeys, reauthentication } from '#core/ports.ts'
import { authenticatorName } from './authenticator-names.ts'
import { warmUp } from './ceremony.ts'
import { createCeremonySessions } from './ceremony-session.ts'
import { createCredentials } from './credentials.ts'
import { createReauthentications } from './reauthentication.ts'
import { routes } from './routes.ts'
import { settings } from './settings.ts'

/** Well after the first answers, on a slow machine too, and before anybody has a passkey at hand. */
const warmUpMilliseconds = 1_500

export default start(settings, (host) => {
  const credentials = createCredentials(host)
  const ceremonies = createCeremonySessions(host)
  const reauthentications = createReauthentications(host)

  host.offer(passkeys, {
    listFor: async (userId) =>
      (await credentials.listFor(userId)).map(({ id, credentialId, name, createdAt, lastUsedAt, transports, ...made }) => ({
        ...{ id, credentialId, name, createdAt, lastUsedAt, transports },
        authenticator: authenticatorName(made.aaguid),
        backedUp: made.backupState,
      })),
    rename: async (userId, id, name) => {
      await credentials.rename(userId, id, name)
    },
    remove: credentials.remove,
  })
  host.offer(reauthentication, { spend: reauthentications.spend })

  // What fails here fails again at the first ceremony, and is told there.
  const warming = setTimeout(() => warmUp().catch(() => undefined), warmUpMilliseconds)

  return {
    stop: async () => clearTimeout(warming),
    routes: routes({ host, credentials, ceremonies }, reauthentications),
    jobs: [
      {
        name: 'ClearExpiredCeremonies',
        schedule: '17 3 * * *',
        async run() {
          await ceremonies.sweep()
          await reauthentications.sweep()
          return undefined
        },
      },
    ],
  }
})
