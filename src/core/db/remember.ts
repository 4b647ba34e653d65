// What was read, for as long as it is what would be read: until anybody commits anything, in this process or another.

/** Finds out something about a key. */
export type Lookup<T> = (key: string) => Promise<T>

/** Many at once ask about the same few apps and people; more than this is no such thing. */
const atMost = 2_000
/** An id of ours is shorter; a stranger's, made to fill the memory, is not kept. */
const longestKey = 300

export interface PerTurn<T> {
  ask(): T
  /** For when the answer may be another one before the turn is over. */
  forget(): void
}

/**
 * Asks once in a turn of the event loop. What a turn handles had arrived before it began, so an answer that was found in it is as new
 * as asking again would have to be.
 */
export function oncePerTurn<T>(ask: () => T): PerTurn<T> {
  let found: { readonly answer: T } | undefined
  const forget = () => {
    found = undefined
  }
  return {
    ask() {
      if (!found) {
        found = { answer: ask() }
        setImmediate(forget)
      }
      return found.answer
    },
    forget,
  }
}

/**
 * A lookup that answers from memory while the database is at the same version. What it finds is shared, so nobody may change it.
 *
 * @param version of what the next read would see; undefined when that cannot be told, and then nothing is remembered
 */
export function createRemember(version: () => number | undefined): <T>(load: Lookup<T>) => Lookup<T> {
  return <T>(load: Lookup<T>): Lookup<T> => {
    let at: number | undefined
    let known = new Map<string, Promise<T>>()
    return (key) => {
      const now = version()
      // A new map and not an emptied one: what is still being read belongs to the old version.
      if (now !== at || known.size >= atMost) known = new Map()
      at = now
      if (now === undefined || key.length > longestKey) return load(key)
      const mine = known
      const found = mine.get(key) ?? load(key)
      if (!mine.has(key)) {
        mine.set(key, found)
        found.catch(() => mine.delete(key))
      }
      return found
    }
  }
}
