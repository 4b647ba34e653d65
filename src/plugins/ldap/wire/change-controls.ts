// Pure: the controls by which a directory tells what changed: content synchronization (RFC 4533), DirSync of Active Directory (MS-ADTS 3.1.1.3.4.1.3).
import { boolean, bytes, cursorOn, element, integer, MalformedAnswer, nextTag, number, open } from './ber.ts'

export const changeOids = {
  syncRequest: '1.3.6.1.4.1.4203.1.9.1.1',
  syncState: '1.3.6.1.4.1.4203.1.9.1.2',
  syncDone: '1.3.6.1.4.1.4203.1.9.1.3',
  syncInfo: '1.3.6.1.4.1.4203.1.9.1.4',
  dirSync: '1.2.840.113556.1.4.841',
  showDeleted: '1.2.840.113556.1.4.417',
} as const

/** RFC 4533 section 2.5: the cookie is of no use any more, everything has to be read anew. */
export const refreshRequired = 4096

const tags = { sequence: 0x30, set: 0x31, enumerated: 0x0a, octets: 0x04 } as const
const modes = { refresh: 1, persist: 3 } as const

/** Asks for what changed since the cookie; `persist` goes on telling. */
export function syncRequest(mode: keyof typeof modes, cookie: Uint8Array | undefined): Buffer {
  const parts = [number(modes[mode], tags.enumerated), ...(cookie ? [element(tags.octets, cookie)] : [])]
  return element(tags.sequence, ...parts)
}

/** What an entry is doing in the answer. */
export interface SyncState {
  readonly state: 'present' | 'add' | 'modify' | 'delete'
  /** The entryUUID, as 32 hexadecimal digits. */
  readonly uuid: string
  readonly cookie: Uint8Array | undefined
}

const states = ['present', 'add', 'modify', 'delete'] as const

export function readSyncState(control: Uint8Array): SyncState {
  const body = open(cursorOn(control), tags.sequence)
  const state = states[integer(body, tags.enumerated)]
  if (!state) throw new MalformedAnswer('a sync state is unknown')
  return { state, uuid: hex(bytes(body)), cookie: optionalCookie(body) }
}

/** How an answer ended. `refreshDeletes`: what left was named; otherwise whatever was not named is gone. */
export interface SyncDone {
  readonly cookie: Uint8Array | undefined
  readonly refreshDeletes: boolean
}

export function readSyncDone(control: Uint8Array | undefined): SyncDone {
  if (!control?.length) return { cookie: undefined, refreshDeletes: true }
  const body = open(cursorOn(control), tags.sequence)
  return { cookie: optionalCookie(body), refreshDeletes: boolean(body, false) }
}

/** What is said between entries: a newer cookie, a phase that is over, ids without entries. */
export interface SyncInfo {
  readonly kind: 'cookie' | 'deletes told' | 'presents told' | 'deleted' | 'present'
  readonly cookie: Uint8Array | undefined
  readonly uuids: readonly string[]
}

const infos = { cookie: 0x80, refreshDelete: 0xa1, refreshPresent: 0xa2, idSet: 0xa3 } as const

export function readSyncInfo(value: Uint8Array): SyncInfo {
  const outer = cursorOn(value)
  const tag = nextTag(outer)
  if (tag === infos.cookie) return { kind: 'cookie', cookie: bytes(outer, infos.cookie), uuids: [] }
  if (tag === infos.refreshDelete || tag === infos.refreshPresent) {
    const body = open(outer, tag)
    return { kind: tag === infos.refreshDelete ? 'deletes told' : 'presents told', cookie: optionalCookie(body), uuids: [] }
  }
  const body = open(outer, infos.idSet)
  const cookie = optionalCookie(body)
  const kind = boolean(body, false) ? 'deleted' : 'present'
  const set = open(body, tags.set)
  const uuids: string[] = []
  while (set.at < set.end) uuids.push(hex(bytes(set)))
  return { kind, cookie, uuids }
}

/** Flags of DirSync: what the account may read without the right to replicate. */
const objectSecurity = 1

export const dirSyncRequest = (cookie: Uint8Array | undefined): Buffer =>
  element(tags.sequence, number(objectSecurity), number(0), element(tags.octets, cookie ?? new Uint8Array()))

/** Whether there is more, and where to go on. */
export function readDirSync(control: Uint8Array): { readonly more: boolean; readonly cookie: Uint8Array } {
  const body = open(cursorOn(control), tags.sequence)
  const more = integer(body) !== 0
  integer(body)
  return { more, cookie: bytes(body) }
}

const optionalCookie = (body: Parameters<typeof nextTag>[0]): Uint8Array | undefined =>
  nextTag(body) === tags.octets ? bytes(body) : undefined

const hex = (id: Uint8Array): string => Buffer.from(id).toString('hex')
