// `ldap test`: every step on the way to a sync, each with its time and what it found. Writes nothing.
import { lookup } from 'node:dns/promises'
import * as v from 'valibot'
import type { DetectedDirectory } from '#core/directory-ports.ts'
import { pick } from '#core/kernel/host.ts'
import { check, variable } from '../check.ts'
import { presets } from '../presets.ts'
import { rawAttributes } from '../read/map.ts'
import { settings as table } from '../settings.ts'
import { inWordsOf, storedKey } from '../source.ts'
import type { LdapHost } from '../sync.ts'
import { addressOf } from '../wire/address.ts'
import { type Directory, defaultLimits, openDirectory } from '../wire/directory.ts'
import { connectFailure } from '../wire/failures-connecting.ts'
import { type Recognised, recognise, rootAttributes } from '../wire/kind.ts'
import { explainNobody, findLimits, readEverybody, sampleUsers } from './probe-reading.ts'

/** `warn`: it works, and yet somebody should look at what it says. */
const step = v.object({ name: v.string(), ok: v.boolean(), warn: v.boolean(), milliseconds: v.number(), detail: v.string() })

/** How a test of the settings went, step by step; the first that fails is the last. */
export const ProbeReport = v.object({ ok: v.boolean(), steps: v.array(step) })
export type ProbeReport = v.InferOutput<typeof ProbeReport>

/** What a test and a look at the server need of the host; the settings may be ones that nobody has stored yet. */
export type ProbeHost = Pick<LdapHost, 'instance' | 'settings' | 'core' | 'clock'>

export type ProbeStep = v.InferOutput<typeof step>

/** Notes what is done and how long it took. */
interface Notes {
  readonly steps: ProbeStep[]
  done(name: string, detail: string, warn?: boolean): void
  failed(name: string, error: unknown): void
}

/** What a step brings, its sentence, and whether that is a warning. */
export type Found<T> = readonly [result: T, detail: string, warn?: boolean]

/** Tries the settings on the live directory. @param heard hears of each step as it ends */
export async function probe(
  host: ProbeHost,
  signal: AbortSignal,
  heard: (step: ProbeStep) => void = () => {},
): Promise<ProbeReport> {
  const notes = takeNotes(heard, (text) => inWordsOf(host, text))
  let directory: Directory | undefined
  const take = async <T>(name: string, work: () => Promise<Found<T>>): Promise<T> => {
    try {
      const [result, detail, warn] = await work()
      notes.done(name, detail, warn)
      return result
    } catch (error) {
      notes.failed(name, error)
      throw error
    }
  }
  try {
    await take('settings', async () => checkSettings(host))
    await take('resolve', () => resolveHosts(host))
    const opened = await open(host, signal, notes)
    directory = opened
    const server = await take('server', () => askServer(opened))
    await take('paging', () => findLimits(opened, host.settings, server))
    const sample = await take('attributes', () => sampleUsers(opened, host.settings))
    if (sample.length === 0) await take('users', () => explainNobody(opened, host.settings))
    const everybody = await take('users', () => readEverybody(opened, host))
    notes.done('groups', ...everybody.groups)
    notes.done('members', ...everybody.members)
  } catch {
    // The step that failed has said why.
    signal.throwIfAborted()
  } finally {
    await directory?.close()
  }
  return { ok: notes.steps.every(({ ok }) => ok), steps: notes.steps }
}

function takeNotes(heard: (step: ProbeStep) => void, say: (text: string) => string): Notes {
  const steps: ProbeStep[] = []
  let begun = performance.now()
  const note = (name: string, ok: boolean, warn: boolean, detail: string) => {
    const now = performance.now()
    const done = { name, ok, warn, milliseconds: Math.round(now - begun), detail: say(detail) }
    begun = now
    steps.push(done)
    heard(done)
  }
  return {
    steps,
    done: (name, detail, warn = false) => note(name, true, warn, detail),
    failed: (name, error) => note(name, false, false, error instanceof Error ? error.message : String(error)),
  }
}

function checkSettings({ settings }: ProbeHost): Found<undefined> {
  const faults = check(settings).map(({ field, message }) => `${variable(field as keyof typeof settings)}: ${message}`)
  if (faults.length > 0) throw new Error(faults.join(' '))
  return [undefined, settings.ldapPreset === '' ? 'complete' : `complete, with the names that ${settings.ldapPreset} has`]
}

/** Every address, because the second is asked for only when the first is down. */
async function resolveHosts({ settings }: ProbeHost): Promise<Found<undefined>> {
  const found = await Promise.all(
    settings.ldapUrl.map(async (url) => {
      const { host, shown } = addressOf(url)
      const addresses = await lookup(host, { all: true }).catch((error: unknown) => connectFailure(url, error))
      return { host: shown, addresses }
    }),
  )
  const [first] = found
  if (first && found.every(({ addresses }) => addresses instanceof Error)) throw first.addresses
  const said = found.map(({ host, addresses }) =>
    addresses instanceof Error ? addresses.message : `${host} is ${addresses.map(({ address }) => address).join(' and ')}`,
  )
  return [undefined, said.join(', '), found.some(({ addresses }) => addresses instanceof Error)]
}

const connecting = ['connect', 'encrypt', 'bind'] as const

async function open({ settings }: ProbeHost, signal: AbortSignal, notes: Notes): Promise<Directory> {
  let next = 0
  try {
    return await openDirectory(settings, rawAttributes(settings), signal, defaultLimits, ({ step: passed, detail, warn }) => {
      next = passed === 'given up' ? 0 : connecting.indexOf(passed) + 1
      notes.done(passed === 'given up' ? 'connect' : passed, detail, warn)
    })
  } catch (error) {
    notes.failed(connecting[next] ?? 'bind', error)
    throw error
  }
}

async function askServer(directory: Directory): Promise<Found<Recognised>> {
  const search = { base: '', scope: 'base', filter: '(objectClass=*)', filterKey: 'ldapBase' } as const
  const { entries } = await directory.ask({ ...search, attributes: rootAttributes })
  const server = recognise(entries[0])
  const holds = server.base === '' ? '' : `, holds ${server.base}`
  const preset = server.kind === undefined ? '' : `; ${variable('ldapPreset')}=${server.kind} knows its names`
  return [server, `${server.label}${server.pages ? '' : ', does not page'}${holds}${preset}`]
}

/** What kind of server it is. Entries are not looked at, so neither base nor attributes need be set. @throws DirectoryFailure */
export async function detect(host: ProbeHost, signal: AbortSignal): Promise<DetectedDirectory> {
  const { settings } = host
  const stored = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [storedKey(host, key), text]))
  const directory = await openDirectory(settings, new Set(), signal)
  try {
    const [{ kind, label, evidence, base }] = await askServer(directory)
    const place = settings.ldapBase === '' && base !== '' ? { ldapBase: base } : {}
    const preset = kind === undefined ? {} : { ldapPreset: kind }
    const fills = stored(kind === undefined ? {} : presets[kind])
    return { label, evidence, settings: stored({ ...preset, ...place }), fills }
  } finally {
    await directory.close()
  }
}

/** The host with settings that nobody has stored yet. @throws AppError validation_failed */
export function withValues<H extends LdapHost>(host: H, values: Readonly<Record<string, string>> = {}): H {
  if (Object.keys(values).length === 0) return host
  const entries = new Map(host.configuration.entriesWith(values).map((entry) => [entry.key, entry]))
  const own = Object.keys(table).flatMap((key) => {
    const entry = entries.get(storedKey(host, key))
    return entry ? [[key, { ...entry, key }] as const] : []
  })
  return { ...host, settings: pick(table, Object.fromEntries(own)) }
}
