// What was made of user entries the last time, by the fingerprint of their bytes: an entry that is still the same is not decoded again.
import type { Entry } from '../wire/entry.ts'
import { EntryAsSent } from '../wire/entry-as-sent.ts'
import type { Seen } from './seen.ts'

/** The entries of one whole reading, for the next one. A class for what moves from the one to the other. */
export class Recall {
  readonly #before: Map<string, Seen>
  readonly #now = new Map<string, Seen>()
  readonly #made: string

  /**
   * @param made what else decides about what is made of an entry; what was made otherwise is forgotten
   * @param last of the reading before
   */
  constructor(made: string, last: Recall | undefined) {
    this.#made = made
    this.#before = last && last.#made === made ? last.#now : new Map()
  }

  /** @param fits whether it may be taken again; else the entry is to be read anew */
  take(entry: Entry, fits: (seen: Seen) => boolean): Seen | undefined {
    if (this.#before.size === 0 || !(entry instanceof EntryAsSent)) return undefined
    const print = entry.fingerprint()
    const seen = this.#before.get(print)
    if (!seen || !fits(seen)) return undefined
    // Moved, not copied: there is never twice the whole directory.
    this.#before.delete(print)
    this.#now.set(print, seen)
    return seen
  }

  /** Keeps what was made of an entry. It must depend on the entry and the settings alone, not on the clock. */
  note(entry: Entry, seen: Seen): void {
    if (entry instanceof EntryAsSent) this.#now.set(entry.fingerprint(), seen)
  }
}
