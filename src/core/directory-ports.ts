// What a directory offers the other plugins: its state, a run on demand, and everything an administrator may see and decide.
import type { SyncCounts } from './events.ts'
import type { Port } from './ports.ts'

/** Who set something going. */
export interface Initiator {
  readonly how: 'schedule' | 'request' | 'command line'
  /** The administrator, where one asked for it. */
  readonly userId: string | null
  readonly name: string | null
}

/** A directory that fills accounts: its state for pages and health, and a run on demand. */
export interface Directory {
  readonly source: string
  lastRun(): Promise<DirectoryRun | undefined>
  /** @param by the administrator who asks */
  syncNow(signal?: AbortSignal, by?: { readonly id: string; readonly username: string }): Promise<DirectoryRun>
}

export interface DirectoryRun {
  readonly at: Date
  readonly durationMilliseconds: number
  readonly outcome: 'applied' | 'refused' | 'failed'
  readonly summary: string
  readonly problems: readonly { readonly dn: string; readonly why: string }[]
}

export const directory: Port<Directory> = { name: 'directory' }

/** What can be learned of a directory beyond its last run, and what an administrator may decide; for the page where people set it up. */
export interface DirectoryInsight {
  /** The latest runs, newest first. */
  runs(limit: number, offset?: number): Promise<readonly DirectoryReport[]>
  countRuns(): Promise<number>
  run(id: number): Promise<DirectoryReport | undefined>
  freshness(): Promise<DirectoryFreshness>
  state(): Promise<DirectoryState>
  /** Tries the settings on the live directory; the first step that fails is the last. */
  test(signal: AbortSignal, options?: DirectoryTest): Promise<readonly DirectoryStep[]>
  /** Asks the server what it is. @throws Error with a sentence for people when it cannot be reached */
  detect(signal: AbortSignal, values?: Readonly<Record<string, string>>): Promise<DetectedDirectory>
  /** What a run would change now. Changes no account; the plan is kept, so that it can be applied by its hash. */
  preview(signal: AbortSignal): Promise<DirectoryReport>
  /** Plans that wait for an administrator, the latest first. */
  plans(): Promise<readonly DirectoryPlan[]>
  /** One of them, with all its changes. */
  plan(hash: string): Promise<DirectoryPlan | undefined>
  /** Applies a plan that waits, if it is still what a run would do; else the report is `refused` and names the new plan. @throws AppError */
  applyPlan(hash: string, by: DirectoryAdmin): Promise<DirectoryReport>
  /** Takes a run back. @throws AppError with a sentence about what stands in the way */
  undoRun(id: number, by: DirectoryAdmin): Promise<DirectoryReport>
  /** How far the run is that goes on in this process. */
  progress(): DirectoryProgress | undefined
  /** Hears of each step of it, and `undefined` when it is over. @returns ends that */
  follow(heard: (progress: DirectoryProgress | undefined) => void): () => void
}

/** A run on its way. */
export interface DirectoryProgress {
  /** `changes`: only what changed is looked at. */
  readonly kind: 'sync' | 'changes' | 'plan' | 'undo'
  readonly stage: 'connect' | 'users' | 'groups' | 'plan' | 'guard' | 'write' | 'pictures' | 'undo'
  /** Entries read, rows written. */
  readonly done: number
  /** Null: nobody knows beforehand. */
  readonly total: number | null
  readonly startedAt: Date
  /** Of the whole run, in whole numbers; never falls. */
  readonly percent: number
}

/** How far what is here may lie behind the directory. */
export interface DirectoryFreshness {
  /** When everything was read and brought in last. */
  readonly wholeAt: Date | undefined
  /** When it was last asked, in this process, what changed; undefined where the directory does not tell. */
  readonly changesAt: Date | undefined
  /** Since when changes come in at once. */
  readonly listeningSince: Date | undefined
}

/** How the directory fares, in few words. */
export interface DirectoryState {
  readonly source: string
  readonly lastRunAt: Date | null
  readonly lastOutcome: DirectoryReport['outcome'] | null
  readonly lastSummary: string | null
  readonly lastDurationMilliseconds: number | null
  /** When accounts were last in line with the directory. */
  readonly lastGoodAt: Date | null
  /** When everything is read again. */
  readonly nextRunAt: Date
  readonly users: number
  readonly groups: number
  readonly plansWaiting: number
}

/** Who decides. */
export type DirectoryAdmin = { readonly id: string; readonly username: string }

/** A plan that waits: a run was held (`refused`), or somebody asked for a preview (`planned`). */
export interface DirectoryPlan {
  readonly hash: string
  readonly keptAt: Date
  readonly expiresAt: Date
  readonly report: DirectoryReport
}

export const directoryInsight: Port<DirectoryInsight> = { name: 'directory-insight' }

/** What a directory says it is, and the settings that go with it. */
export interface DetectedDirectory {
  readonly label: string
  /** By what it is known. */
  readonly evidence: readonly string[]
  /** To be stored, should the administrator want it; empty for a kind that nobody knows. */
  readonly settings: Readonly<Record<string, string>>
  /** What those settings stand for, by key: filters and attribute names. */
  readonly fills: Readonly<Record<string, string>>
}

export interface DirectoryTest {
  /** Settings that are not stored yet, by key. */
  readonly values?: Readonly<Record<string, string>>
  /** Hears of each step as it ends. */
  onStep?(step: DirectoryStep): void
}

export interface DirectoryStep {
  readonly name: string
  readonly ok: boolean
  /** It works, and yet somebody should look at what it says. */
  readonly warn: boolean
  readonly milliseconds: number
  readonly detail: string
}

/** A run, or what one would do (`planned`). */
export interface DirectoryReport {
  readonly at: Date
  readonly durationMilliseconds: number
  readonly outcome: 'applied' | 'planned' | 'refused' | 'failed'
  /** How often in a row it came out the same. */
  readonly repeats: number
  /** The hash of the plan, where it waits for an administrator. */
  readonly plan: string | null
  /** Undefined for a plan, which is no run. */
  readonly run: DirectoryRunFacts | undefined
  readonly stages: readonly { readonly name: 'read' | 'plan' | 'write' | 'undo'; readonly milliseconds: number }[]
  /** It read only what had changed, not the whole directory. */
  readonly scope?: 'changes' | undefined
  readonly read: { readonly users: number; readonly groups: number }
  readonly counts: SyncCounts
  /** Why nothing was changed; empty when it was. */
  readonly reasons: readonly string[]
  readonly warnings: readonly string[]
  readonly problems: readonly DirectoryProblem[]
  readonly changes: readonly DirectoryChange[]
  readonly changesNotShown: number
}

export interface DirectoryRunFacts {
  readonly id: number
  /** `undo`: it took the run `undoes` back. */
  readonly kind: 'sync' | 'undo'
  readonly by: Initiator
  readonly undoable: boolean
  readonly undoneBy: number | null
  readonly undoes: number | null
}

/** An entry that was left out, or the part of it that could not be had. */
export interface DirectoryProblem {
  readonly kind: 'skipped' | 'conflict'
  readonly entity: 'user' | 'group'
  readonly dn: string
  readonly attribute?: string | undefined
  /** The other side of a conflict: an entry's DN, or the account that is here. */
  readonly other?: string | undefined
  readonly why: string
}

type Fields = Readonly<Record<string, string | boolean | null>>

export interface DirectoryChange {
  readonly entity: 'user' | 'group'
  readonly action:
    | 'create'
    /** An account that was here already, or that was kept aside since it was removed. */
    | 'adopt'
    | 'return'
    | 'update'
    | 'enable'
    | 'disable'
    | 'remove'
    | 'make admin'
    | 'no longer admin'
    | 'add members'
    | 'remove members'
  readonly name: string
  readonly dn?: string | undefined
  readonly before?: Fields | undefined
  readonly after?: Fields | undefined
  readonly members?: number | undefined
  /** The first of these members, by user name. */
  readonly who?: readonly string[] | undefined
}

/** Where an account or a group here comes from. */
export interface DirectoryOrigin {
  readonly source: string
  /** How people call it. */
  readonly label: string
  /** As it was read last; null until a run has read it. */
  readonly dn: string | null
  readonly externalId: string
  /** The id as the directory's own tools print it, where they print it otherwise. */
  readonly shownId: string | null
  /** When the directory was last seen to have it; null for whoever it shut out or does not have any more. */
  readonly seenAt: Date | null
  readonly fields: readonly OriginField[]
}

export interface OriginField {
  /** As the API calls it; `claim:` and its name for a claim. */
  readonly field: string
  /** What it is now; null also where it is no text (a picture, members). */
  readonly value: string | boolean | null
  /** The variable that decides where it comes from. */
  readonly setting: string
  /** The attribute that the setting names; null where it names none. */
  readonly attribute: string | null
  readonly note: string | null
}

/** Says of the rows of one directory where each field comes from. */
export interface DirectoryOrigins {
  readonly source: string
  /** Undefined for somebody who comes from elsewhere. */
  user(id: string): Promise<DirectoryOrigin | undefined>
  group(id: string): Promise<DirectoryOrigin | undefined>
}

export const directoryOrigins: Port<DirectoryOrigins> = { name: 'directory-origins' }
