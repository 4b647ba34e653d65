// `ldap explain`: why somebody is or is not here, in a group, an administrator. Asked of the live directory; writes nothing.
import { eq, or } from 'drizzle-orm'
import { users } from '#core/db/tables.ts'
import type { UserRow } from '#core/identity/actor.ts'
import { check, type LdapSettings, variable } from '../check.ts'
import { lockReader } from '../read/lockout.ts'
import { groupAttributes, type Mapping, mapGroup, mapUser, rawAttributes, userAttributes } from '../read/map.ts'
import type { ListedGroup } from '../read/membership-path.ts'
import { inWordsOf, sourceOf } from '../source.ts'
import type { SyncHost } from '../sync.ts'
import { anyOf, equals, hasId } from '../wire/assertion.ts'
import { type Directory, openDirectory, type Search } from '../wire/directory.ts'
import { type Entry, textsOf } from '../wire/entry.ts'
import { DirectoryFailure } from '../wire/failures.ts'
import { newProof, readPages } from '../wire/paging.ts'
import { explainAccount } from './explain-account.ts'
import { explainGroups } from './explain-groups.ts'
import { type Finding, no, note, type Question, yes } from './explanation.ts'

/** Answers step by step; the first "no" about the entry or its values is why there is no account. */
export async function explain(host: SyncHost, question: Question, signal: AbortSignal): Promise<readonly Finding[]> {
  const findings = await explainInPlainWords(host, question, signal)
  return findings.map((finding) => ({ ...finding, detail: inWordsOf(host, finding.detail) }))
}

async function explainInPlainWords(host: SyncHost, question: Question, signal: AbortSignal): Promise<readonly Finding[]> {
  const { settings } = host
  const [fault] = check(settings)
  if (fault) return [no('directory', `${variable(fault.field as keyof LdapSettings)}: ${fault.message}`)]
  let directory: Directory | undefined
  try {
    directory = await openDirectory(settings, rawAttributes(settings), signal)
    const who = settings.ldapBindDn === '' ? 'anonymously' : `as ${settings.ldapBindDn}`
    return [note('directory', `asked ${directory.url} ${who}`), ...(await ask(directory, host, question))]
  } catch (error) {
    if (error instanceof DirectoryFailure) return [no('directory', error.message)]
    throw error
  } finally {
    await directory?.close()
  }
}

async function ask(directory: Directory, host: SyncHost, { user, group }: Question): Promise<readonly Finding[]> {
  const { settings, core, clock } = host
  const known = await findKnown(host, user)
  const { entry, findings } = await findEntry(directory, host, user, known)
  if (!entry) return [...findings, ...withoutEntry(known, sourceOf(host))]
  const mapping = { settings, requireEmail: core.requireUserEmail, now: clock.now() }
  const person = mapUser(entry, mapping)
  const lock = person.kind === 'user' ? person.lock : undefined
  const isOver = lock !== undefined && !(await lockReader(directory, settings, [lock], mapping.now))(entry.dn, lock)
  const about = await explainAccount(host, entry, person, isOver)
  return [...findings, ...about, ...explainGroups(settings, person, await readGroups(directory, mapping), group)]
}

const findKnown = async ({ db }: SyncHost, user: string): Promise<UserRow | undefined> =>
  (
    await db.read
      .select()
      .from(users)
      .where(or(eq(users.username, user), eq(users.email, user)))
  )[0]

interface Found {
  readonly entry?: Entry
  readonly findings: readonly Finding[]
}

/** Looks where a run would; then, to say why not, beyond the filter and beyond the base. */
async function findEntry(directory: Directory, host: SyncHost, user: string, known: UserRow | undefined): Promise<Found> {
  const { settings } = host
  const { ldapBase, ldapUserSearchFilter: filter } = settings
  const wanted = whoIs(settings, user, known, sourceOf(host))
  const search = askFor(directory, settings)
  const [first, ...others] = await search({ ...wanted, filter: `(&${filter}${wanted.filter})` })
  if (first) {
    const also = others.length === 0 ? '' : ` So do ${others.map(({ dn }) => dn).join(' and ')}.`
    const inside = isBelow(first.dn, ldapBase)
    if (inside)
      return { entry: first, findings: [yes('entry', `${first.dn} is found below ${ldapBase} and fits ${filter}.${also}`)] }
    return { findings: [no('entry', `${first.dn} does not lie below ${ldapBase}: see ${variable('ldapBase')}.`)] }
  }
  const [unfit] = await search(wanted)
  if (unfit) {
    const detail = `${unfit.dn} is there but does not fit ${filter}: see ${variable('ldapUserSearchFilter')}.`
    return { findings: [no('entry', detail)] }
  }
  for (const base of await contexts(directory)) {
    const [outside] = base === '' || isBelow(base, ldapBase) ? [] : await search({ ...wanted, scope: 'sub', base })
    if (outside) return { findings: [no('entry', `${outside.dn} does not lie below ${ldapBase}: see ${variable('ldapBase')}.`)] }
  }
  const tried = wanted.scope === 'base' ? `There is no entry ${user}` : `No entry below ${ldapBase} fits ${wanted.filter}`
  return { findings: [no('entry', `${tried}, as far as the bind account may see.`)] }
}

type Wanted = Pick<Search, 'base' | 'scope' | 'filter'>

/** By DN, by the id of an account that comes from here, else by user name or e-mail address. */
function whoIs(settings: LdapSettings, user: string, known: UserRow | undefined, source: string): Wanted {
  if (/^[^=,@]+=[^,]+,/.test(user)) return { base: user, scope: 'base', filter: '(objectClass=*)' }
  const names = [settings.ldapAttributeUserUsername, settings.ldapAttributeUserEmail].filter((name) => name !== '')
  const linked =
    known?.source === source && known.externalId ? [hasId(settings.ldapAttributeUserUniqueIdentifier, known.externalId)] : []
  return { base: settings.ldapBase, scope: 'sub', filter: anyOf([...names.map((name) => equals(name, user)), ...linked]) }
}

/** Few entries at most: a search that ends badly finds nobody. */
const askFor =
  (directory: Directory, settings: LdapSettings) =>
  async (wanted: Wanted): Promise<readonly Entry[]> => {
    const search = { ...wanted, filterKey: 'ldapUserSearchFilter', attributes: userAttributes(settings) } as const
    return (await directory.ask(search)).entries
  }

async function contexts(directory: Directory): Promise<readonly string[]> {
  const root = {
    base: '',
    scope: 'base',
    filter: '(objectClass=*)',
    filterKey: 'ldapBase',
    attributes: ['namingContexts'],
  } as const
  const [entry] = (await directory.ask(root)).entries
  return entry ? textsOf(entry, 'namingContexts') : []
}

const isBelow = (dn: string, base: string): boolean => {
  const [inner, outer] = [dn, base].map((one) => one.toLowerCase().replace(/\s*,\s*/g, ','))
  return inner === outer || inner?.endsWith(`,${outer}`) === true
}

/** Somebody the directory does not have may still be here. */
function withoutEntry(known: UserRow | undefined, source: string): readonly Finding[] {
  if (!known) return []
  const detail =
    known.source === source
      ? `the account ${known.username} came from an entry with the id ${known.externalId} that is not found any more`
      : `the account ${known.username} here does not come from this directory`
  return [note('account', detail)]
}

async function readGroups(directory: Directory, mapping: Mapping): Promise<readonly ListedGroup[]> {
  const { settings } = mapping
  const reading = {
    base: settings.ldapBase,
    filter: settings.ldapUserGroupSearchFilter,
    filterKey: 'ldapUserGroupSearchFilter',
    attributes: groupAttributes(settings),
    pageSize: settings.ldapPageSize,
  } as const
  const groups: ListedGroup[] = []
  for await (const entries of readPages(directory, reading, newProof())) {
    for (const entry of entries) {
      const group = mapGroup(entry, mapping)
      if (group.kind === 'group') groups.push({ ...group, members: textsOf(entry, settings.ldapAttributeGroupMember) })
    }
  }
  return groups
}
