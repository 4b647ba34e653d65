// What was made of user entries the last time, by the fingerprint of their bytes: an entry that is still the same is not decoded again.
import { newSeed } from '#core/crypto.ts'
import type { Entry } from '../wire/entry.ts'
import { EntryAsSent } from '../wire/entry-as-sent.ts'
import { createMemberIndex, type MemberIndex } from './member-index.ts'
import { People } from './people.ts'
import type { Seen } from './seen.ts'

/** What one whole reading saw. */
export interface Recalled {
  /** What else decided about what was made of an entry: made otherwise, it is of no use. */
  readonly made: string
  readonly people: People
  readonly index: MemberIndex
}

/** Carries what was seen from one whole reading to the next. */
export class Recall {
  readonly now: Recalled

  /**
   * @param listsNames whether the member attribute holds user names
   * @param last not to be used any more
   */
  constructor(made: string, listsNames: boolean, last: Recalled | undefined) {
    const index = last?.made === made ? last.index.emptied() : undefined
    const people = (index && last?.people) ?? new People(newSeed())
    people.empty()
    this.now = { made, people, index: index ?? createMemberIndex(listsNames, people.texts) }
  }

  /** @param fits whether it may be taken again; else the entry is to be read anew */
  take(print: string, fits: (seen: Seen) => boolean): { readonly place: number; readonly seen: Seen } | undefined {
    const known = this.now.people.recall(print)
    return known && fits(known.seen) ? known : undefined
  }
}

/** What an entry is recalled by; undefined where its bytes were not everything. */
export const printOf = (entry: Entry): string | undefined => (entry instanceof EntryAsSent ? entry.fingerprint() : undefined)
