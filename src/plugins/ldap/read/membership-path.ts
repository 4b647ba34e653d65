// Pure: on which way somebody is in a group, and who in it only looks like them.
import { dnKey } from '../wire/dn.ts'
import type { MemberIndex } from './member-index.ts'

/** A group of the directory with what it lists. */
export interface ListedGroup {
  readonly dn: string
  readonly name: string
  readonly members: readonly string[]
  readonly sid?: string | undefined
}

/** The groups on the way: the first lists the person, each next one the group before it. */
export type Path = readonly ListedGroup[]

/**
 * The shortest way into each group, by its position in the list.
 *
 * @param index knows one user, number 0, and every group by its position
 * @param own groups that the user's own entry names (memberOf, the primary group)
 */
export function pathsOf(groups: readonly ListedGroup[], index: MemberIndex, own: ReadonlySet<number>): ReadonlyMap<number, Path> {
  const parents = new Map<number, number[]>()
  const paths = new Map<number, Path>()
  groups.forEach((group, at) => {
    for (const value of group.members) {
      const found = index.find(value)
      if (found?.kind === 'group') parents.set(found.index, [...(parents.get(found.index) ?? []), at])
      else if (found) paths.set(at, [group])
    }
    if (own.has(at)) paths.set(at, [group])
  })
  // A map that grows while it is walked: nearer groups come first, and each is entered once, whatever circles there are.
  for (const [at, path] of paths) {
    for (const parent of parents.get(at) ?? []) {
      const group = groups[parent]
      if (group && !paths.has(parent)) paths.set(parent, [...path, group])
    }
  }
  return paths
}

/** Members of a group whose DN begins like somebody's but is another's: `uid=ada,ou=contractors,dc=elsewhere` is not ada. */
export function lookAlikes(group: ListedGroup, dn: string): readonly string[] {
  const first = firstPart(dn)
  return group.members.filter((value) => firstPart(value) === first && dnKey(value) !== dnKey(dn))
}

const firstPart = (dn: string): string | undefined => dnKey(dn)?.split(/(?<!\\),/)[0]
