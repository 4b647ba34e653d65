// Which plugins run: load, migrate, start, swap, stop. The running app is replaced whole, never patched.
import type { ReadyAnswer } from '../http/fixed.ts'
import type { Identity } from '../identity/identity.ts'
import { type Schedule, schedule } from '../jobs/schedule.ts'
import { readGauges } from '../metrics.ts'
import type { Port } from '../ports.ts'
import type { Configuration } from '../settings/configuration.ts'
import { coreSettings } from '../settings/core-settings.ts'
import type { Resolution } from '../settings/resolve.ts'
import { version } from '../version.ts'
import { type App, assemble } from './app.ts'
import { createConfiguration, isOn } from './change-settings.ts'
import type { Configured, Ground } from './ground.ts'
import { type Commons, createHost, pick } from './host.ts'
import type { Plugin, Running } from './plugin.ts'

export interface Kernel {
  /** Answers a request with the app of the moment. */
  fetch(request: Request): Response | Promise<Response>
  /** What a GET of this path is answered at once, if anything. */
  fixed(path: string): ReadyAnswer | undefined
  readonly configuration: Configuration
  readonly identity: Identity
  /** Ends answers that would go on for ever; before `stop`, while others are still being finished. */
  drain(): void
  stop(): Promise<void>
}

/** A plugin that was started, with everything that has to go when it stops. */
interface Instance {
  readonly plugin: Plugin
  /** Its settings as text: equal text, same instance. */
  readonly fingerprint: string
  readonly running: Running
  readonly offers: ReadonlyMap<string, unknown>
  jobs?: Schedule
  unlisten?: () => void
}

interface Generation {
  readonly resolution: Configured
  readonly instances: readonly Instance[]
  readonly app: App
}

/** Starts every plugin that is on. @throws whatever a plugin's start threw; then nothing stays running */
export async function startKernel(ground: Ground): Promise<Kernel> {
  let current: Generation | undefined
  const instances = () => current?.instances ?? []
  const now = () => current?.resolution ?? ground.resolution
  const settingsNow = () => now().settings
  const core = remember(settingsNow, (settings) => pick(coreSettings, settings))
  const identity = ground.identity(() => instances().flatMap(({ running }) => running.owns ?? []), core)

  const configuration = createConfiguration(ground, now, (resolution, save) => replace(resolution, save))
  const commons: Commons = { ...ground, identity, configuration }

  const measured = async () => [
    ...ground.meters.read(),
    ...(await readGauges(
      instances().flatMap(({ running }) => running.gauges ?? []),
      ground.log,
    )),
  ]

  const begin = async (plugin: Plugin, resolution: Configured): Promise<Instance> => {
    await ground.migrate(plugin)
    const offers = new Map<string, unknown>()
    const host = createHost(plugin, commons, resolution.settings, {
      core,
      measured,
      nav: () => instances().flatMap((instance) => instance.plugin.nav ?? []),
      offer: <P>(port: Port<P>, offered: P) => void offers.set(port.name, offered),
      seek: <P>(port: Port<P>) =>
        instances()
          .find((instance) => instance.offers.has(port.name))
          ?.offers.get(port.name) as P | undefined,
      seekAll: <P>(port: Port<P>) =>
        instances().flatMap(({ offers }) => (offers.has(port.name) ? [offers.get(port.name) as P] : [])),
    })
    const { default: start } = await plugin.load()
    return { plugin, fingerprint: fingerprint(plugin, resolution), running: await start(host), offers }
  }

  /** Builds the next generation beside the current one; `save` is the point of no return. */
  const replace = async (resolution: Configured, save: () => Promise<void>): Promise<void> => {
    const begun: Instance[] = []
    try {
      const next: Instance[] = []
      for (const plugin of resolution.plugins.filter((one) => isOn(one, resolution.settings))) {
        const same = instances().find((one) => one.plugin === plugin && one.fingerprint === fingerprint(plugin, resolution))
        const instance = same ?? (await begin(plugin, resolution))
        if (!same) begun.push(instance)
        next.push(instance)
      }
      const { appUrl, disableRateLimiting } = pick(coreSettings, resolution.settings)
      const app = assemble(
        next.map(({ plugin, running }) => ({ name: plugin.name, family: plugin.copy?.name ?? plugin.name, running })),
        { ...commons, appUrl, version, disableRateLimiting },
      )
      await save()
      const left = instances().filter((one) => !next.includes(one))
      current = { resolution, instances: next, app }
      await Promise.all(left.map(end))
      begun.forEach(wake)
    } catch (error) {
      await Promise.all(begun.map(end))
      throw error
    }
  }

  const wake = (instance: Instance): void => {
    const { db, clock } = ground
    if (instance.running.on) instance.unlisten = ground.events.listen(instance.running.on)
    if (instance.running.jobs) {
      const deps = { db, clock, log: ground.log.with({ plugin: instance.plugin.name }), meter: ground.meters.of('core') }
      instance.jobs = schedule(deps, instance.running.jobs)
    }
  }

  await replace(ground.resolution, async () => {})
  return {
    fetch: (request) => current?.app.fetch(request) ?? new Response(null, { status: 503 }),
    fixed: (path) => current?.app.fixed(path),
    configuration,
    identity,
    drain() {
      for (const { running } of instances()) running.drain?.()
    },
    async stop() {
      await Promise.all([...instances()].reverse().map(end))
      await ground.close()
    },
  }
}

async function end(instance: Instance): Promise<void> {
  instance.unlisten?.()
  await instance.jobs?.stop()
  await instance.running.stop?.()
}

const fingerprint = (plugin: Plugin, { settings }: Resolution): string =>
  JSON.stringify(Object.keys(plugin.settings).map((key) => settings[key]?.raw))

/** A value derived from another one, made anew only when that one is another object. */
function remember<A extends object, B>(source: () => A, derive: (from: A) => B): () => B {
  let last: { readonly from: A; readonly made: B } | undefined
  return () => {
    const from = source()
    if (last?.from !== from) last = { from, made: derive(from) }
    return last.made
  }
}
