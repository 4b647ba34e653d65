// Pure: the shape of an answer to "why is this person here, or not?".
import * as v from 'valibot'

/** What a sentence is about; in this order a run would come to it. */
const subjects = ['directory', 'entry', 'id', 'values', 'standing', 'account', 'group', 'administrator'] as const

const finding = v.object({
  about: v.picklist(subjects),
  /** yes: this holds nobody up; no: this is why not; note: worth knowing. */
  verdict: v.picklist(['yes', 'no', 'note']),
  detail: v.string(),
})

export const Explanation = v.object({ findings: v.array(finding) })
export type Finding = v.InferOutput<typeof finding>

export const yes = (about: Finding['about'], detail: string): Finding => ({ about, verdict: 'yes', detail })
export const no = (about: Finding['about'], detail: string): Finding => ({ about, verdict: 'no', detail })
export const note = (about: Finding['about'], detail: string): Finding => ({ about, verdict: 'note', detail })

export interface Question {
  /** A user name, an e-mail address or a DN. */
  readonly user: string
  /** The name or DN of a group; without one, all groups of this person. */
  readonly group?: string | undefined
}
