// Pure: who is meant by a DN or a name that a group lists. DNs meet DNs by RFC 4514 rules; a name is never read out of a DN.
import type { LdapSettings } from '../check.ts'
import { dnKey } from '../wire/dn.ts'

/**
 * Finds people and groups by their DN, and people by user name where the member attribute holds names.
 *
 * A value that a group lists is kept as a number. It stays the same while entries come, go and change their names; who is meant
 * by it is asked anew.
 */
export interface MemberIndex {
  /**
   * @param usernames every name the entry has; none where it is no account here
   * @returns false: somebody else had one of these names, which is nobody's now
   */
  addUser(dn: string, usernames: readonly string[], user: number): boolean
  addGroup(dn: string, group: number): boolean
  /** Takes back what was added. False: a name of it was not its own alone, so that who has it now cannot be told. */
  forget(dn: string, usernames: readonly string[], found: Found): boolean
  /** The number of a member value. */
  number(value: string): number
  /** The place of whom a numbered value means: users count up from 0, groups down from -1; undefined: somebody outside the filter. */
  place(number: number): number | undefined
  /** Tells whether a numbered value is one of these names, in any spelling. */
  among(dns: Iterable<string>, usernames: Iterable<string>): (number: number) => boolean
  /** Resolves one member value; undefined: somebody outside the filter. */
  find(value: string): Found | undefined
  /** Resolves one DN of a group. */
  findGroup(dn: string): number | undefined
  /** How many users were ever added: every place is below. */
  users(): number
  /**
   * An index with the same numbers and nobody in it, for the next whole reading: nearly every name is known then, and need not be
   * compared with other spellings again. This one is not to be used any more.
   */
  emptied(): MemberIndex
}

export type Found = { readonly kind: 'user' | 'group'; readonly index: number }

/** No place: nobody has the name, or two have it, so that it is nobody's. */
const nobody = -0x8000_0000
const several = nobody + 1
const isPlace = (place: number | undefined): place is number => place !== undefined && place > several
const noKey = -1

/** Whether the member attribute holds user names. */
export const listsNames = ({ ldapAttributeGroupMember }: Pick<LdapSettings, 'ldapAttributeGroupMember'>): boolean =>
  ldapAttributeGroupMember.toLowerCase() === 'memberuid'

/** @param byName the member attribute holds user names (memberUid), so its values are never taken for DNs */
export const createMemberIndex = (byName: boolean): MemberIndex =>
  indexOver({ byName, byText: new Map(), byUsername: new Map(), keys: new Int32Array(1024), numbers: 0 })

/** The numbers of all names, whoever has them. */
interface Numbering {
  readonly byName: boolean
  readonly byText: Map<string, number>
  readonly byUsername: Map<string, number>
  /** By number: the number of the same DN in the spelling that all spellings share. */
  readonly keys: Int32Array<ArrayBuffer>
  readonly numbers: number
}

/** So many numbers for each name in use, and the others, which are nobody's by now, are not worth the room they take. */
const mostForgotten = 4

function indexOver(numbering: Numbering): MemberIndex {
  const { byName, byText, byUsername } = numbering
  let { keys, numbers } = numbering
  // The text itself counts first: lldap sends DNs unescaped, so that only the very same text is sure.
  let exact = new Int32Array(keys.length).fill(nobody)
  let alike = new Int32Array(keys.length).fill(nobody)
  let users = 0

  const add = (texts: Map<string, number>, text: string): number => {
    if (numbers === exact.length) [keys, exact, alike] = [doubled(keys), doubled(exact), doubled(alike)]
    const number = numbers++
    exact[number] = alike[number] = nobody
    keys[number] = noKey
    texts.set(text, number)
    return number
  }
  const numberOfDn = (dn: string): number => {
    const known = byText.get(dn)
    if (known !== undefined) return known
    const number = add(byText, dn)
    const key = keyOf(dn)
    if (key !== undefined) keys[number] = key === dn ? number : (byText.get(key) ?? numberOfDn(key))
    return number
  }
  const numberOfName = (name: string): number => byUsername.get(name) ?? add(byUsername, name)
  const isName = (value: string) => byName || !value.includes('=')

  const take = (places: Int32Array, number: number, place: number): boolean => {
    const other = places[number]
    const isFree = other === nobody || other === place
    places[number] = isFree ? place : several
    return isFree
  }
  const drop = (places: Int32Array, number: number, place: number): boolean => {
    if (places[number] === place) places[number] = nobody
    return places[number] !== several
  }
  const enter = (dn: string, place: number): boolean => {
    const number = numberOfDn(dn)
    exact[number] = place
    const key = keys[number] ?? noKey
    return key === noKey || take(alike, key, place)
  }
  const place = (number: number): number | undefined => {
    const own = exact[number]
    if (isPlace(own)) return own
    const other = alike[keys[number] ?? noKey]
    return isPlace(other) ? other : undefined
  }
  const lookUp = (dn: string): number | undefined => {
    const own = exact[byText.get(dn) ?? noKey]
    if (isPlace(own)) return own
    const other = alike[byText.get(keyOf(dn) ?? '') ?? noKey]
    return isPlace(other) ? other : undefined
  }
  return {
    addUser(dn, usernames, user) {
      users = Math.max(users, user + 1)
      // A name that two have is nobody's: otherwise whoever may add an entry could take somebody's place in a group.
      const named = usernames.map((name) => take(exact, numberOfName(name.toLowerCase()), user))
      return enter(dn, user) && (!byName || !named.includes(false))
    },
    addGroup: (dn, group) => enter(dn, -1 - group),
    forget(dn, usernames, found) {
      const own = found.kind === 'user' ? found.index : -1 - found.index
      const number = numberOfDn(dn)
      const key = keys[number] ?? noKey
      if (exact[number] !== own || (key !== noKey && !drop(alike, key, own))) return false
      exact[number] = nobody
      const dropped = usernames.map((name) => drop(exact, numberOfName(name.toLowerCase()), own))
      return !byName || !dropped.includes(false)
    },
    number: (value) => (isName(value) ? numberOfName(value.trim().toLowerCase()) : numberOfDn(value)),
    place,
    among(dns, usernames) {
      const wanted = [...[...dns].map(numberOfDn), ...[...usernames].map((name) => numberOfName(name.toLowerCase()))]
      const marks = new Uint8Array(numbers)
      for (const number of wanted) {
        marks[number] = 1
        const key = keys[number] ?? noKey
        if (key !== noKey) marks[key] = 1
      }
      return (number) => marks[number] === 1 || marks[keys[number] ?? noKey] === 1
    },
    find(value) {
      const found = isName(value) ? exact[byUsername.get(value.trim().toLowerCase()) ?? noKey] : lookUp(value)
      if (!isPlace(found)) return undefined
      return found >= 0 ? { kind: 'user', index: found } : { kind: 'group', index: -1 - found }
    },
    findGroup(dn) {
      const found = lookUp(dn)
      return found !== undefined && found < 0 ? -1 - found : undefined
    },
    users: () => users,
    emptied: () =>
      numbers > mostForgotten * (users + 1_000)
        ? createMemberIndex(byName)
        : indexOver({ byName, byText, byUsername, keys, numbers }),
  }
}

function doubled(list: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(list.length * 2)
  longer.set(list)
  return longer
}

/** uniqueMember may carry an optional bit string behind the name (RFC 4517 section 3.3.21). */
const keyOf = (value: string): string | undefined => dnKey(value.replace(/#'[01]*'B$/, ''))
