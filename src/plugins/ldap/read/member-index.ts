// Pure: who is meant by a DN or a name that a group lists. DNs meet DNs by RFC 4514 rules; a name is never read out of a DN.
import type { LdapSettings } from '../check.ts'
import { dnKey } from '../wire/dn.ts'
import { longer, Texts } from './texts.ts'

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
  /** The same for whoever numbers texts together with this. */
  addNumbered(dn: number, usernames: readonly number[], user: number): boolean
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
   *
   * @returns undefined where most names are nobody's by now, and not worth the room they take
   */
  emptied(): MemberIndex | undefined
}

export type Found = { readonly kind: 'user' | 'group'; readonly index: number }

/** No place: nobody has the name, or two have it, so that it is nobody's. */
const nobody = -0x8000_0000
const several = nobody + 1
const isPlace = (place: number | undefined): place is number => place !== undefined && place > several
const noKey = -1
const unknownKey = -2

/** Whether the member attribute holds user names. */
export const listsNames = ({ ldapAttributeGroupMember }: Pick<LdapSettings, 'ldapAttributeGroupMember'>): boolean =>
  ldapAttributeGroupMember.toLowerCase() === 'memberuid'

/**
 * @param byName the member attribute holds user names (memberUid), so its values are never taken for DNs
 * @param texts the numbers of DNs and, marked as such, of names (`nameText`); others may number theirs there too
 */
export const createMemberIndex = (byName: boolean, texts = new Texts()): MemberIndex =>
  indexOver({ byName, texts, keys: new Int32Array(32).fill(unknownKey) })

/** A name as it stands among DNs: in small letters, behind a mark that no DN begins with. */
export const nameText = (name: string): string => `\0${name.toLowerCase()}`

/** The numbers of all names, whoever has them. */
interface Numbering {
  readonly byName: boolean
  readonly texts: Texts
  /** By number: the number of the same DN in the spelling that all spellings share. */
  readonly keys: Int32Array<ArrayBuffer>
}

/** So many numbers for each name in use, and the others, which are nobody's by now, are not worth the room they take. */
const mostForgotten = 4

function indexOver({ byName, texts, keys: known }: Numbering): MemberIndex {
  let keys = known
  // The text itself counts first: lldap sends DNs unescaped, so that only the very same text is sure.
  let exact = new Int32Array(keys.length).fill(nobody)
  let alike = new Int32Array(keys.length).fill(nobody)
  let users = 0

  const makeRoom = (number: number): number => {
    while (number >= keys.length) [keys, exact, alike] = [longer(keys, unknownKey), longer(exact, nobody), longer(alike, nobody)]
    return number
  }
  const numberOf = (text: string): number => makeRoom(texts.add(text))
  const numberOfDn = (dn: string): number => {
    const number = numberOf(dn)
    if (keys[number] === unknownKey) findKey(number, dn)
    return number
  }
  const findKey = (number: number, dn: string): void => {
    keys[number] = noKey
    const key = keyOf(dn)
    if (key === undefined) return
    const shared = key === dn ? number : numberOfDn(key)
    keys[number] = shared
  }
  const numberOfName = (name: string): number => {
    const number = numberOf(nameText(name))
    keys[number] = noKey
    return number
  }
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
  const enter = (number: number, place: number): boolean => {
    exact[number] = place
    const key = keys[number] ?? noKey
    return key === noKey || take(alike, key, place)
  }
  const addUser = (dn: number, usernames: readonly number[], user: number): boolean => {
    users = Math.max(users, user + 1)
    // A name that two have is nobody's: otherwise whoever may add an entry could take somebody's place in a group.
    let named = true
    for (const name of usernames) named = take(exact, name, user) && named
    return enter(dn, user) && (!byName || named)
  }
  const place = (number: number): number | undefined => {
    const own = exact[number]
    if (isPlace(own)) return own
    const other = alike[keys[number] ?? noKey]
    return isPlace(other) ? other : undefined
  }
  const lookUp = (dn: string): number | undefined => {
    const own = exact[texts.find(dn)]
    if (isPlace(own)) return own
    const other = alike[texts.find(keyOf(dn) ?? '')]
    return isPlace(other) ? other : undefined
  }
  return {
    addUser: (dn, usernames, user) => addUser(numberOfDn(dn), usernames.map(numberOfName), user),
    addNumbered(dn, usernames, user) {
      if (keys[makeRoom(dn)] === unknownKey) findKey(dn, texts.at(dn))
      for (const name of usernames) keys[makeRoom(name)] = noKey
      return addUser(dn, usernames, user)
    },
    addGroup: (dn, group) => enter(numberOfDn(dn), -1 - group),
    forget(dn, usernames, found) {
      const own = found.kind === 'user' ? found.index : -1 - found.index
      const number = numberOfDn(dn)
      const key = keys[number] ?? noKey
      if (exact[number] !== own || (key !== noKey && !drop(alike, key, own))) return false
      exact[number] = nobody
      const dropped = usernames.map((name) => drop(exact, numberOfName(name), own))
      return !byName || !dropped.includes(false)
    },
    number: (value) => (isName(value) ? numberOfName(value.trim()) : numberOfDn(value)),
    place,
    among(dns, usernames) {
      const wanted = [...[...dns].map(numberOfDn), ...[...usernames].map(numberOfName)]
      const marks = new Uint8Array(texts.size)
      for (const number of wanted) {
        marks[number] = 1
        const key = keys[number] ?? noKey
        if (key !== noKey) marks[key] = 1
      }
      return (number) => marks[number] === 1 || marks[keys[number] ?? noKey] === 1
    },
    find(value) {
      const found = isName(value) ? exact[texts.find(nameText(value.trim()))] : lookUp(value)
      if (!isPlace(found)) return undefined
      return found >= 0 ? { kind: 'user', index: found } : { kind: 'group', index: -1 - found }
    },
    findGroup(dn) {
      const found = lookUp(dn)
      return found !== undefined && found < 0 ? -1 - found : undefined
    },
    users: () => users,
    emptied: () => (texts.size > mostForgotten * (users + 1_000) ? undefined : indexOver({ byName, texts, keys })),
  }
}

/** uniqueMember may carry an optional bit string behind the name (RFC 4517 section 3.3.21). */
const keyOf = (value: string): string | undefined => dnKey(value.replace(/#'[01]*'B$/, ''))
