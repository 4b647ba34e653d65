// Pure: in which groups somebody is and on which way, and whether that makes an administrator.
import { type LdapSettings, variable } from '../check.ts'
import type { MappedUser, Skipped } from '../read/map.ts'
import { createMemberIndex } from '../read/member-index.ts'
import { type ListedGroup, lookAlikes, type Path, pathsOf } from '../read/membership-path.ts'
import { type Finding, no, note, yes } from './explanation.ts'

const mostListed = 50

/** @param wanted the name or DN of one group; without it, every group somebody is in */
export function explainGroups(
  settings: LdapSettings,
  person: MappedUser | Skipped,
  groups: readonly ListedGroup[],
  wanted: string | undefined,
): readonly Finding[] {
  const paths = findPaths(settings, person, groups)
  const one = (name: string, about: 'group' | 'administrator') => explainOne(settings, person, groups, paths, name, about)
  const asked = wanted === undefined ? listGroups(settings, groups, paths) : one(wanted, 'group')
  if (settings.ldapAdminGroupName === '') {
    return [...asked, note('administrator', `nobody of the directory is one: ${variable('ldapAdminGroupName')} is not set`)]
  }
  return [...asked, ...one(settings.ldapAdminGroupName, 'administrator')]
}

/** Ways through groups inside groups are followed also where they do not count, to be able to say so. */
function findPaths(
  settings: LdapSettings,
  person: MappedUser | Skipped,
  groups: readonly ListedGroup[],
): ReadonlyMap<number, Path> {
  const index = createMemberIndex(settings.ldapAttributeGroupMember.toLowerCase() === 'memberuid')
  // As in a run: an entry that is left out is still found by its DN.
  const { usernames, claimed } = person.kind === 'user' ? namesOf(person) : { usernames: [], claimed: undefined }
  index.addUser(person.dn, usernames, 0)
  for (const [at, { dn }] of groups.entries()) index.addGroup(dn, at)
  const own = new Set<number>()
  for (const dn of claimed?.groupDns ?? []) {
    const at = index.findGroup(dn)
    if (at !== undefined) own.add(at)
  }
  const primary = claimed?.groupSid === undefined ? -1 : groups.findIndex(({ sid }) => sid === claimed.groupSid)
  if (primary >= 0) own.add(primary)
  return pathsOf(groups, index, own)
}

const namesOf = ({ choices, profile, claimed }: MappedUser) => ({ usernames: choices?.username ?? [profile.username], claimed })

const counts = (path: Path, { ldapNestedGroups }: LdapSettings): boolean => path.length === 1 || ldapNestedGroups

function listGroups(
  settings: LdapSettings,
  groups: readonly ListedGroup[],
  paths: ReadonlyMap<number, Path>,
): readonly Finding[] {
  const ways = [...paths.values()].filter((path) => counts(path, settings))
  if (ways.length === 0)
    return [note('group', `in none of the ${groups.length} groups that ${settings.ldapUserGroupSearchFilter} finds`)]
  const listed = ways.slice(0, mostListed).map((path) => yes('group', way(path)))
  return ways.length > mostListed ? [...listed, note('group', `and in ${ways.length - mostListed} more groups`)] : listed
}

const way = (path: Path): string => {
  const last = path.at(-1)
  const through = path.slice(0, -1).map(({ name }) => name)
  return `in ${last?.name} (${last?.dn})${through.length === 0 ? '' : `, through ${through.join(' in ')}`}`
}

function explainOne(
  settings: LdapSettings,
  person: MappedUser | Skipped,
  groups: readonly ListedGroup[],
  paths: ReadonlyMap<number, Path>,
  wanted: string,
  about: 'group' | 'administrator',
): readonly Finding[] {
  const named = groups.flatMap((group, at) => (isCalled(group, wanted) ? [{ group, at }] : []))
  const [found, second] = named
  if (!found) {
    const where = `no group that ${settings.ldapUserGroupSearchFilter} finds below ${settings.ldapBase} is called ${wanted}`
    return [no(about, `${where}: see ${variable(about === 'group' ? 'ldapUserGroupSearchFilter' : 'ldapAdminGroupName')}.`)]
  }
  if (second && about === 'administrator') {
    return [
      no(
        about,
        `${named.length} groups are called ${wanted}, so none is believed: ${named.map(({ group }) => group.dn).join(' and ')}.`,
      ),
    ]
  }
  const path = paths.get(found.at)
  if (path && counts(path, settings)) return [yes(about, way(path))]
  if (path) return [no(about, `only ${way(path)}, and ${variable('ldapNestedGroups')} is off.`)]
  const others = lookAlikes(found.group, person.dn)
  const mistaken = others.length === 0 ? '' : ` It lists ${others.join(' and ')}, which is another entry.`
  return [no(about, `${found.group.dn} does not list ${person.dn}.${mistaken}`)]
}

const isCalled = ({ name, dn }: ListedGroup, wanted: string): boolean =>
  [name.toLowerCase(), dn.toLowerCase()].includes(wanted.trim().toLowerCase())
