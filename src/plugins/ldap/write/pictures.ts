// Pictures out of the directory: a pass of its own after a run, over the entries that changed. It ends in warnings, never in a failed run.

import type { Clock } from '#core/clock.ts'
import { sha256 } from '#core/crypto.ts'
import { AppError } from '#core/errors.ts'
import { createFileStore } from '#core/files/store.ts'
import { createOutsideFetch } from '#core/http/outside-fetch.ts'
import { createPictures, mostPictureBytes } from '#core/pictures/pictures.ts'
import { createProfilePictures } from '#core/pictures/profile-pictures.ts'
import { variable } from '../check.ts'
import { isAllowedHost, pictureValue } from '../read/picture-value.ts'
import { inWordsOf, sourceOf } from '../source.ts'
import type { SyncHost } from '../sync.ts'
import { type Directory, defaultLimits, openDirectory } from '../wire/directory.ts'
import { firstText, identifier, values } from '../wire/entry.ts'
import { DirectoryFailure } from '../wire/failures.ts'
import { newProof, readPages } from '../wire/paging.ts'
import { forgetLooks, keepLooks, type Look, type PictureRow, readPictureRows } from './picture-rows.ts'

/** What a pass did. */
export interface PicturesOutcome {
  readonly changed: number
  readonly removed: number
  readonly warnings: readonly string[]
}

const stampAttribute = 'modifyTimestamp'
/** Two values of the largest size and what stands around them. */
const messageBytes = 3 * mostPictureBytes
const looksAtOnce = 4
const mostReconnects = 10
const mostWarnings = 20
/** An entry may change again within the second that its time stamp names. */
const settledSeconds = 5

/** A pass ends after this long; the next one goes on where it was. */
const longestMilliseconds = 15 * 60_000

/** Brings pictures in line with the directory. Never rejects: accounts are right without pictures. */
export async function syncPictures(host: SyncHost, stopping: AbortSignal): Promise<PicturesOutcome> {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(longestMilliseconds)])
  const tools = createTools(host)
  try {
    if (host.settings.ldapAttributeUserProfilePicture === '') return await forgetAll(host, tools)
    const rows = await readPictureRows(host.db, sourceOf(host))
    if (rows.size === 0) return { changed: 0, removed: 0, warnings: [] }
    const done = await new Pass(host, tools, signal).run(rows)
    return { ...done, warnings: done.warnings.map((warning) => inWordsOf(host, warning)) }
  } catch (error) {
    return { changed: 0, removed: 0, warnings: [inWordsOf(host, warningOf(error, signal, host))] }
  } finally {
    await tools.pictures.stop()
  }
}

function warningOf(error: unknown, signal: AbortSignal, { log }: SyncHost): string {
  const rest = 'The next run looks at the pictures that are left.'
  if (signal.aborted) return `The run was ended while it brought pictures in. ${rest}`
  if (error instanceof DirectoryFailure) return `Not all pictures were looked at. ${error.message}`
  log.error('Pictures could not be brought in', { error })
  return `Not all pictures were looked at, because something failed here; the log says what. ${rest}`
}

type Tools = ReturnType<typeof createTools>

const createTools = ({ db, core, clock }: SyncHost) => ({
  pictures: createPictures(),
  people: createProfilePictures(db, createFileStore(db, core), clock),
  outside: createOutsideFetch({ allowed: core.outgoingNetworks }),
})

/** Without an attribute no picture comes from there any more. */
async function forgetAll(host: SyncHost, { people }: Tools): Promise<PicturesOutcome> {
  const gone = await forgetLooks(host.db, sourceOf(host))
  for (const userId of gone) await people.remove(userId, 'source')
  return { changed: 0, removed: gone.length, warnings: [] }
}

/** An entry that has to be looked at. */
interface Due {
  readonly dn: string
  readonly stamp: string
  readonly row: PictureRow
}

/** One pass over one directory; a class for what it counts and for its connection, which may have to be opened again. */
class Pass {
  readonly #host: SyncHost
  readonly #tools: Tools
  readonly #signal: AbortSignal
  readonly #attribute: string
  #directory: Directory | undefined
  #reconnects = 0
  #changed = 0
  #removed = 0
  /** Of the faults that stand, by DN. */
  readonly #faults = new Map<string, string>()

  constructor(host: SyncHost, tools: Tools, signal: AbortSignal) {
    this.#host = host
    this.#tools = tools
    this.#signal = signal
    this.#attribute = host.settings.ldapAttributeUserProfilePicture
  }

  async run(rows: ReadonlyMap<string, PictureRow>): Promise<PicturesOutcome> {
    try {
      const due = await this.#findDue(rows)
      for (let at = 0; at < due.length; at += looksAtOnce) {
        this.#host.tell?.({ stage: 'pictures', done: at, total: due.length })
        await this.#lookAt(due.slice(at, at + looksAtOnce))
      }
    } finally {
      await this.#directory?.close()
    }
    return { changed: this.#changed, removed: this.#removed, warnings: this.#warnings() }
  }

  /** Entries that changed since the last look. A directory that gives no time stamp is looked at each time. */
  async #findDue(rows: ReadonlyMap<string, PictureRow>): Promise<readonly Due[]> {
    const { settings } = this.#host
    const due: Due[] = []
    const attributes = [settings.ldapAttributeUserUniqueIdentifier, stampAttribute]
    const { ldapBase: base, ldapUserSearchFilter: filter, ldapPageSize: pageSize } = settings
    const reading = { base, filter, filterKey: 'ldapUserSearchFilter', attributes, pageSize } as const
    for await (const entries of readPages(await this.#open(), reading, newProof())) {
      for (const entry of entries) {
        const row = rows.get(identifier(entry, settings.ldapAttributeUserUniqueIdentifier))
        if (!row) continue
        const time = firstText(entry, stampAttribute)
        const stamp = time === '' ? '' : `${this.#attribute} ${settings.ldapPictureHosts.join(' ')} ${time}`
        if (stamp === '' || row.stamp !== stamp)
          due.push({ dn: entry.dn, stamp: isSettled(time, this.#host.clock) ? stamp : '', row })
        else if (row.fault) this.#faults.set(entry.dn, row.fault)
      }
    }
    return due
  }

  /** Looks at a few entries at once. When an answer ends the connection each is asked alone, so that one cannot hide the others. */
  async #lookAt(some: readonly Due[]): Promise<void> {
    const looks: Look[] = []
    try {
      const found = await Promise.all(some.map((one) => this.#ask(one)))
      for (const [at, one] of some.entries()) looks.push(...(await this.#take(one, found[at])))
    } catch (error) {
      this.#mayGoOn(error)
      looks.length = 0
      for (const one of some) looks.push(...(await this.#lookAlone(one)))
    }
    await keepLooks(this.#host.db, looks)
  }

  async #lookAlone(one: Due): Promise<readonly Look[]> {
    try {
      return await this.#take(one, await this.#ask(one))
    } catch (error) {
      this.#mayGoOn(error)
      return [this.#failed(one, `the directory’s answer could not be read: ${(error as Error).message}`)]
    }
  }

  /** @throws the error unless it is the connection's and there is patience left */
  #mayGoOn(error: unknown): void {
    this.#signal.throwIfAborted()
    if (!(error instanceof DirectoryFailure) || ++this.#reconnects > mostReconnects) throw error
    this.#directory = undefined
  }

  async #open(): Promise<Directory> {
    const { settings } = this.#host
    const raw = new Set([settings.ldapAttributeUserUniqueIdentifier, this.#attribute].map((name) => name.toLowerCase()))
    this.#directory ??= await openDirectory(settings, raw, this.#signal, { ...defaultLimits, messageBytes })
    return this.#directory
  }

  /** The values of one entry; none when it is gone. */
  async #ask({ dn }: Due): Promise<readonly Uint8Array[]> {
    const directory = await this.#open()
    const search = { base: dn, scope: 'base', filter: '(objectClass=*)', filterKey: 'ldapUserSearchFilter' } as const
    const { entries } = await directory.ask({ ...search, attributes: [this.#attribute] })
    const [entry] = entries
    return entry
      ? [...values(entry, this.#attribute)].map((value) => (typeof value === 'string' ? Buffer.from(value) : value))
      : []
  }

  async #take(one: Due, found: readonly Uint8Array[] = []): Promise<readonly Look[]> {
    const { row, stamp } = one
    const held = found.find((value) => sha256(value) === row.digest)
    const value = held ?? found[0]
    if (value === undefined) return [await this.#none(one)]
    const digest = sha256(value)
    if (held) return [{ userId: row.userId, stamp, digest, fault: null }]
    const meant = pictureValue(value)
    if (meant.kind === 'address' && !isAllowedHost(meant.url, this.#host.settings.ldapPictureHosts))
      return [this.#failed(one, `it is an address, and its host is not in ${variable('ldapPictureHosts')}`)]
    const bytes = meant.kind === 'bytes' ? meant.bytes : await this.#fetch(meant.url)
    // What the network refused once it may give the next time.
    if (typeof bytes === 'string') return [this.#failed({ ...one, stamp: '' }, bytes)]
    const drawn = await this.#tools.pictures.square(bytes)
    if (drawn.kind !== 'drawn') return [this.#failed(one, drawn.why)]
    await this.#tools.people.put(row.userId, 'source', drawn)
    this.#changed++
    return [{ userId: row.userId, stamp, digest, fault: null }]
  }

  async #none({ row, stamp }: Due): Promise<Look> {
    if (row.digest !== null) {
      await this.#tools.people.remove(row.userId, 'source')
      this.#removed++
    }
    return { userId: row.userId, stamp, digest: null, fault: null }
  }

  /** What was there before stays: a broken picture is no wish to have none. */
  #failed({ dn, row, stamp }: Due, fault: string): Look {
    this.#faults.set(dn, fault)
    return { userId: row.userId, stamp, digest: row.digest, fault }
  }

  /** The bytes at an address, or why they cannot be had. */
  async #fetch(url: string): Promise<Uint8Array | string> {
    try {
      const request = { namedBy: 'administrator', maxBytes: mostPictureBytes, timeoutMilliseconds: 10_000 } as const
      const { status, body } = await this.#tools.outside(url, request)
      return status === 200 ? body : `its address answers ${status}`
    } catch (error) {
      if (error instanceof AppError) return error.message.replace(/\.$/, '')
      throw error
    }
  }

  #warnings(): readonly string[] {
    const all = [...this.#faults].map(
      ([dn, fault]) => `${variable('ldapAttributeUserProfilePicture')}: the picture of ${dn} cannot be used: ${fault}.`,
    )
    const more = all.length - mostWarnings
    return more > 0 ? [...all.slice(0, mostWarnings), `${more} more pictures cannot be used.`] : all
  }
}

/** Whether a GeneralizedTime (RFC 4517 section 3.3.13), such as 20261125161200Z, lies some seconds back. */
function isSettled(time: string, clock: Clock): boolean {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(time) ?? []
  if (second === undefined) return false
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  return at + settledSeconds * 1000 < clock.now().getTime()
}
