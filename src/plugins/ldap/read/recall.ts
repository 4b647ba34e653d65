// What was made of user entries the last time, by the fingerprint of their bytes: an entry that is still the same is not decoded again.
import type { Entry } from '../wire/entry.ts'
import { EntryAsSent } from '../wire/entry-as-sent.ts'
import { createMemberIndex, type MemberIndex } from './member-index.ts'
import type { Seen } from './seen.ts'
import { SeenByPrint } from './seen-by-print.ts'

/** What one whole reading saw. */
export interface Recalled {
  /** What else decided about what was made of an entry: made otherwise, it is of no use. */
  readonly made: string
  readonly seen: SeenByPrint
  readonly index: MemberIndex
}

/** Carries what was seen from one whole reading to the next. */
export class Recall {
  readonly now: Recalled
  readonly #before: SeenByPrint | undefined

  /** @param listsNames whether the member attribute holds user names */
  constructor(made: string, listsNames: boolean, last: Recalled | undefined) {
    this.now = { made, seen: new SeenByPrint(), index: last?.index.emptied() ?? createMemberIndex(listsNames) }
    this.#before = last?.made === made ? last.seen : undefined
  }

  /** @param fits whether it may be taken again; else the entry is to be read anew */
  take(entry: Entry, fits: (seen: Seen) => boolean): Seen | undefined {
    if (!this.#before || !(entry instanceof EntryAsSent)) return undefined
    const print = entry.fingerprint()
    const seen = this.#before.find(print)
    if (!seen || !fits(seen)) return undefined
    this.now.seen.add(print, seen)
    return seen
  }

  /** Keeps what was made of an entry. It must depend on the entry and the settings alone, not on the clock. */
  note(entry: Entry, seen: Seen): void {
    if (entry instanceof EntryAsSent) this.now.seen.add(entry.fingerprint(), seen)
  }
}
