// What the main thread and the thread that speaks with the directory say to each other. Plain data: it is copied from one to the other.
import type { DatabaseAccess } from '#core/db/client.ts'
import type { RefuseOptions } from '#core/errors.ts'
import type { FactName, Facts } from '#core/events.ts'
import type { LogFields, LogLevel } from '#core/log.ts'
import type { Peeked } from './changes/reading.ts'
import type { LdapErrorCode } from './errors.ts'
import type { LdapHost, SyncOptions } from './sync.ts'
import type { Finding, Question } from './tell/explanation.ts'
import type { ProbeReport, ProbeStep } from './tell/probe.ts'
import type { Step } from './tell/progress.ts'
import type { SyncReport } from './tell/report.ts'
import type { UndoOptions } from './write/undo.ts'

/** What the thread is born with. */
export interface ThreadGround {
  readonly database: DatabaseAccess
  readonly settings: LdapHost['settings']
  readonly instance: LdapHost['instance']
}

/** Something the thread is asked to do, and what comes of it. */
export interface Tasks {
  readonly sync: { readonly ask: Omit<SyncOptions, 'signal'>; readonly answer: SyncReport }
  readonly undo: { readonly ask: Omit<UndoOptions, 'signal'>; readonly answer: SyncReport }
  readonly explain: { readonly ask: Question; readonly answer: readonly Finding[] }
  /** Undefined: nothing changed, or nothing is known of an earlier run. */
  readonly changes: { readonly ask: undefined; readonly answer: SyncReport | undefined }
  readonly peek: { readonly ask: undefined; readonly answer: Peeked }
  /** Rings meanwhile. */
  readonly listen: { readonly ask: undefined; readonly answer: 'cannot' }
  readonly probe: { readonly ask: Pick<LdapHost, 'settings'>; readonly answer: ProbeReport }
}
export type TaskName = keyof Tasks

/** The core's settings and the time come with each task, because they change while the thread lives. */
export type Run = {
  [N in TaskName]: {
    readonly kind: 'run'
    readonly id: number
    readonly task: N
    readonly ask: Tasks[N]['ask']
    readonly core: LdapHost['core']
    readonly now: number
  }
}[TaskName]

/** To the thread. */
export type ToThread =
  | Run
  | { readonly kind: 'abort'; readonly id: number; readonly reason: string }
  | { readonly kind: 'turn' | 'turn wanted'; readonly id: number }
  | { readonly kind: 'stop' }

/** From the thread. */
export type FromThread =
  | { readonly kind: 'done'; readonly id: number; readonly answer: Tasks[TaskName]['answer'] }
  | { readonly kind: 'failed'; readonly id: number; readonly error: unknown }
  /** A refusal as plain data: as an error it would lose its code on the way. */
  | { readonly kind: 'refused'; readonly id: number; readonly code: LdapErrorCode; readonly options: RefuseOptions }
  | { readonly kind: 'step'; readonly id: number; readonly step: ProbeStep }
  | { readonly kind: 'progress'; readonly id: number; readonly step: Step }
  | { readonly kind: 'turn asked' | 'turn over' | 'rang'; readonly id: number }
  | { readonly kind: 'fact'; readonly name: FactName; readonly fact: Facts[FactName] }
  | { readonly kind: 'line'; readonly level: LogLevel; readonly message: string; readonly fields: LogFields | undefined }
