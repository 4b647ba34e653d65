// Hands the kernel what the OpenID provider contributes.
import { type Job, start } from '#core/kernel/plugin.ts'
import { appSignIn } from '#core/ports.ts'
import { administration } from './administration.ts'
import { createAppSignIn } from './app-sign-in.ts'
import { metadataDocuments } from './endpoints/metadata.ts'
import { createPreview } from './preview.ts'
import { createProvider, type Provider } from './provider.ts'
import { openToSites, routes } from './routes.ts'
import { settings } from './settings.ts'

export default start(settings, (host) => {
  const provider = createProvider(host)
  const signIn = createAppSignIn(provider)
  host.offer(appSignIn, signIn)
  const tellApps = async () => void (await provider.logouts.tell())
  const lockOut = async () => {
    await provider.grants.revokeOfLockedOut()
    await tellApps()
  }
  return {
    routes: routes(provider, signIn).route('/', administration(host, provider, createPreview(provider))),
    fixed: metadataDocuments(provider),
    openToSites,
    jobs: [sweep(provider), tell(provider)],
    // Sessions end in many ways, and so do people's rights: each time the apps hear of it.
    on: {
      'session.ended': tellApps,
      'user.updated': lockOut,
      'user.removed': tellApps,
      'directory.synced': lockOut,
      'directory.undone': lockOut,
    },
  }
})

const sweep = ({ keys, grants, interactions, pushed, devices, logouts, spent }: Provider): Job => ({
  name: 'ClearExpiredOidcData',
  // By the hour, so that there is never much of what strangers leave behind.
  schedule: '47 * * * *',
  async run(signal) {
    for (const part of [grants, interactions, pushed, devices, logouts, spent, keys]) {
      signal.throwIfAborted()
      await part.sweep()
    }
    return undefined
  },
})

/** For apps that did not answer, and sessions that another process ended. */
const tell = ({ logouts }: Provider): Job => ({
  name: 'SendBackchannelLogouts',
  schedule: '*/2 * * * *',
  async run() {
    return { told: await logouts.tell() }
  },
})
