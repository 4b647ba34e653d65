// What a test of the settings reads: limits, a sample, everybody. Each answers what it found and a sentence about it.
import { type LdapSettings, variable } from '../check.ts'
import { collect } from '../read/collect.ts'
import type { MappedUser } from '../read/map.ts'
import type { Directory, Search } from '../wire/directory.ts'
import { type Entry, values } from '../wire/entry.ts'
import type { Recognised } from '../wire/kind.ts'
import { askPage } from '../wire/paging.ts'
import type { Found, ProbeHost } from './probe.ts'
import { describeFill, repeated, sampledAttributes, share } from './sample.ts'

const sampleSize = 100
const examplesShown = 3
const nothing = ['1.1'] as const

const search = ({ ldapBase, ldapUserSearchFilter }: LdapSettings, attributes: readonly string[]): Omit<Search, 'page'> => ({
  ...{ base: ldapBase, scope: 'sub', filter: ldapUserSearchFilter, filterKey: 'ldapUserSearchFilter', attributes },
})

/** Which pages the directory puts up with. */
export async function findLimits(directory: Directory, settings: LdapSettings, server: Recognised): Promise<Found<undefined>> {
  const { ldapPageSize: wanted } = settings
  const { answer, size } = await askPage(directory, { ...search(settings, nothing), pageSize: wanted })
  if (size === undefined) return [undefined, 'paging is refused: everything comes in one answer']
  if (size < wanted) return [undefined, `pages of ${size}; ${wanted} at a time are refused`]
  if (answer.cookie === undefined && server.kind !== undefined) return [undefined, 'no pages: everything comes in one answer']
  const less = answer.cookie?.length && answer.entries.length < wanted ? `, of which ${answer.entries.length} are handed out` : ''
  return [undefined, `pages of ${wanted}${less}`]
}

/** The first users, with what else their attributes may be called. */
export async function sampleUsers(directory: Directory, settings: LdapSettings): Promise<Found<readonly Entry[]>> {
  const reading = { ...search(settings, sampledAttributes(settings)), pageSize: sampleSize }
  const { answer } = await askPage(directory, reading)
  const entries = answer.entries.slice(0, sampleSize)
  if (entries.length === 0) return [entries, 'nobody to look at']
  const fill = describeFill(entries, settings)
  return [entries, `of ${entries.length} users: ${fill}`, / 0 %/.test(fill)]
}

/** A search that ends well and finds nobody: is it the filter, or the rights? Always throws the answer. */
export async function explainNobody(directory: Directory, settings: LdapSettings): Promise<never> {
  const { ldapBase: base, ldapBindDn } = settings
  const any = { base, filter: '(objectClass=*)', filterKey: 'ldapBase', attributes: nothing } as const
  const all = await askPage(directory, { ...any, scope: 'sub', pageSize: sampleSize })
  const below = all.answer.entries.filter(({ dn }) => dn.toLowerCase() !== base.toLowerCase()).length
  const who = ldapBindDn === '' ? 'anonymous' : ldapBindDn
  if (below > 0)
    throw new Error(
      `${variable('ldapUserSearchFilter')}: there are entries below ${base}, but none fits ${settings.ldapUserSearchFilter}. Check the filter.`,
    )
  throw new Error(
    `${variable('ldapBindDn')}: the directory shows ${who} nothing below ${base} and calls that a success, as 389 and FreeIPA do for an account without rights. Give it the right to read there, or check ${variable('ldapBase')}.`,
  )
}

export interface Everybody {
  readonly groups: readonly [detail: string, warn: boolean]
  readonly members: readonly [detail: string, warn: boolean]
}

/** Reads as a run would, and counts what a run would not say. */
export async function readEverybody(directory: Directory, host: ProbeHost): Promise<Found<Everybody>> {
  const { settings, core, clock } = host
  const users: MappedUser[] = []
  const digestOf = (user: MappedUser) => {
    users.push(user)
    return ''
  }
  let memberValues = 0
  const counting = counted(directory, (entry) => {
    memberValues += values(entry, settings.ldapAttributeGroupMember).length
  })
  const mapping = { settings, requireEmail: core.requireUserEmail, now: clock.now() }
  const desired = await collect(counting, mapping, { digestOf, held: () => undefined })
  const { skipped, warnings, usersRead, groupsRead, outside, groupsInside = 0, admins } = desired
  const left = (entity: 'user' | 'group') => {
    const those = skipped.filter((one) => one.entity === entity)
    return those.length === 0 ? '' : ` Left out: ${those.length}, such as ${those[0]?.dn}: ${those[0]?.why}.`
  }
  const administrators =
    settings.ldapAdminGroupName === '' ? '' : `, ${admins.size} ${admins.size === 1 ? 'administrator' : 'administrators'}`
  const groupsLeft = left('group')
  const more = warnings.map((warning) => ` ${warning}`).join('')
  const strangers = outside - groupsInside
  const lost = strangers === 0 ? '' : `; ${strangers} to nobody that the user filter finds`
  const inner = groupsInside === 0 ? '' : `; ${groupsInside} to groups, whose members count with ${variable('ldapNestedGroups')}`
  const odd = `${left('user')}${doubles(users)}`
  return [
    {
      groups: [
        `${groupsRead} ${groupsRead === 1 ? 'group' : 'groups'}${administrators}.${groupsLeft}${more}`,
        groupsLeft + more !== '',
      ],
      members: [
        `${share(memberValues - outside, memberValues)} % of ${memberValues} memberships lead to a user${lost}${inner}`,
        outside > 0,
      ],
    },
    `${usersRead} ${usersRead === 1 ? 'user' : 'users'}. For example: ${examples(users)}.${odd}`,
    odd !== '',
  ]
}

/** Looks at the groups that pass, on their way to whoever asked. */
const counted = (directory: Directory, see: (entry: Entry) => void): Directory => ({
  ...directory,
  async ask(asked) {
    const answer = await directory.ask(asked)
    if (asked.filterKey === 'ldapUserGroupSearchFilter') answer.entries.forEach(see)
    return answer
  },
})

const examples = (users: readonly MappedUser[]): string =>
  users
    .slice(0, examplesShown)
    .map(({ profile }) => `${profile.username} (${profile.displayName}, ${profile.email ?? 'no e-mail'})`)
    .join(', ')

function doubles(users: readonly MappedUser[]): string {
  const lists = {
    'user names': users.map(({ profile }) => profile.username.toLowerCase()),
    'e-mail addresses': users.flatMap(({ profile }) => profile.email?.toLowerCase() ?? []),
  }
  return Object.entries(lists)
    .map(([what, list]) => ({ what, twice: repeated(list) }))
    .filter(({ twice }) => twice.length > 0)
    .map(
      ({ what, twice }) => ` ${twice.length} ${what} occur more than once, such as ${twice.slice(0, examplesShown).join(', ')}.`,
    )
    .join('')
}
