// `ldap test`: every step on the way to a sync, each with its time and what it found. Writes nothing.
import * as v from 'valibot'
import { check, variable } from './check.ts'
import { collect } from './collect.ts'
import type { Desired } from './desired.ts'
import { type Directory, openDirectory } from './directory.ts'
import { type Entry, firstText, values } from './entry.ts'
import { type MappedUser, rawAttributes } from './map.ts'
import type { LdapHost } from './sync.ts'

const step = v.object({ name: v.string(), ok: v.boolean(), milliseconds: v.number(), detail: v.string() })

/** How a test of the settings went, step by step; the first that fails is the last. */
export const ProbeReport = v.object({ ok: v.boolean(), steps: v.array(step) })
export type ProbeReport = v.InferOutput<typeof ProbeReport>

type Step = v.InferOutput<typeof step>
const examplesShown = 3

/** Tries the settings on the live directory. */
export async function probe(host: LdapHost, signal: AbortSignal): Promise<ProbeReport> {
  const steps: Step[] = []
  const take = async <T>(name: string, work: () => Promise<readonly [T, string]>): Promise<T> => {
    const begun = performance.now()
    const milliseconds = () => Math.round(performance.now() - begun)
    try {
      const [result, detail] = await work()
      steps.push({ name, ok: true, milliseconds: milliseconds(), detail })
      return result
    } catch (error) {
      steps.push({
        name,
        ok: false,
        milliseconds: milliseconds(),
        detail: error instanceof Error ? error.message : String(error),
      })
      throw error
    }
  }
  let directory: Directory | undefined
  try {
    await take('settings', async () => checkSettings(host))
    const opened = await take('connect and bind', () => connect(host, signal))
    directory = opened
    await take('server', () => describeServer(opened))
    await take('users and groups', () => readAll(host, opened))
  } catch {
    // The step that failed has said why.
    signal.throwIfAborted()
  } finally {
    await directory?.close()
  }
  return { ok: steps.every(({ ok }) => ok), steps }
}

function checkSettings({ settings }: LdapHost): readonly [undefined, string] {
  const faults = check(settings).map(({ field, message }) => `${variable(field as keyof typeof settings)}: ${message}`)
  if (faults.length > 0) throw new Error(faults.join(' '))
  return [undefined, 'complete']
}

async function connect({ settings }: LdapHost, signal: AbortSignal): Promise<readonly [Directory, string]> {
  const directory = await openDirectory(settings, rawAttributes(settings), signal)
  const who = settings.ldapBindDn === '' ? 'anonymously' : `as ${settings.ldapBindDn}`
  return [directory, `${directory.url}${settings.ldapStartTls ? ' with StartTLS' : ''}, ${who}`]
}

const rootAttributes = [
  'vendorName',
  'vendorVersion',
  'objectClass',
  'supportedCapabilities',
  'supportedControl',
  'namingContexts',
]

async function describeServer(directory: Directory): Promise<readonly [undefined, string]> {
  const search = {
    base: '',
    scope: 'base',
    filter: '(objectClass=*)',
    filterKey: 'ldapBase',
    attributes: rootAttributes,
  } as const
  const root = (await directory.ask(search)).entries[0]
  if (!root) return [undefined, 'says nothing of itself']
  const contexts = values(root, 'namingContexts').join(' ')
  const paging = values(root, 'supportedControl').includes('1.2.840.113556.1.4.319') ? 'pages' : 'does not page'
  return [undefined, `${kindOf(root)}, ${paging}${contexts === '' ? '' : `, holds ${contexts}`}`]
}

function kindOf(root: Entry): string {
  if (values(root, 'supportedCapabilities').includes('1.2.840.113556.1.4.800')) return 'Active Directory or Samba'
  if (values(root, 'objectClass').includes('OpenLDAProotDSE')) return 'OpenLDAP'
  return (
    [firstText(root, 'vendorName'), firstText(root, 'vendorVersion')].filter((text) => text !== '').join(' ') || 'unknown server'
  )
}

async function readAll(host: LdapHost, directory: Directory): Promise<readonly [Desired, string]> {
  const examples: MappedUser[] = []
  const digestOf = (user: MappedUser) => {
    if (examples.length < examplesShown) examples.push(user)
    return ''
  }
  const mapping = { settings: host.settings, requireEmail: host.core.requireUserEmail, now: host.clock.now() }
  const desired = await collect(directory, mapping, { digestOf, heldDigest: () => '' })
  if (desired.usersRead === 0)
    throw new Error(
      `No user was found. Check ${variable('ldapBase')} and ${variable('ldapUserSearchFilter')}, and what the bind account may read.`,
    )
  const shown = examples
    .map(({ profile }) => `${profile.username} (${profile.displayName}, ${profile.email ?? 'no e-mail'})`)
    .join(', ')
  const left =
    desired.skipped.length === 0
      ? ''
      : ` Left out: ${desired.skipped.length}, such as ${desired.skipped[0]?.dn}: ${desired.skipped[0]?.why}.`
  const warnings = desired.warnings.map((warning) => ` ${warning}`).join('')
  const people = `${desired.usersRead} users, ${desired.groupsRead} groups, ${desired.admins.size} administrators.`
  return [desired, `${people} For example: ${shown}.${left}${warnings}`]
}
