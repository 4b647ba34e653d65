// Fetches the database of places when there is none or it is old, through the door to the outside, and puts it in its place in one step.
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { inSeconds } from '#core/clock.ts'
import type { Host } from '#core/kernel/plugin.ts'
import { databaseIn } from './archive.ts'
import { openPlaceDatabase } from './database.ts'
import { databasePath, type settings } from './settings.ts'

/** MaxMind lets one fetch it a few times a day and makes a new one twice a week; Pocket ID takes two weeks too. */
const freshSeconds = 14 * 86_400
const maxBytes = 300 * 1024 * 1024
const timeoutMilliseconds = 10 * 60_000
const maxMind = 'https://download.maxmind.com/app/geoip_download?edition_id=GeoLite2-City&license_key=%s&suffix=tar.gz'

type GeoipHost = Pick<Host<typeof settings>, 'settings' | 'outside' | 'clock'>

/** Whether these settings say where a database may be fetched. */
export const canFetch = ({ settings: { maxmindLicenseKey, geoliteDbUrl } }: GeoipHost): boolean =>
  maxmindLicenseKey !== '' || (geoliteDbUrl !== '' && !geoliteDbUrl.includes('%s'))

/** Brings the database up to date. @throws Error with a sentence that does not have the key */
export async function refreshDatabase(host: GeoipHost, signal: AbortSignal): Promise<{ readonly database: string }> {
  const path = databasePath(host.settings)
  const held = await stat(path).catch(() => undefined)
  if (held && held.mtime > inSeconds(host.clock, -freshSeconds)) return { database: 'up to date' }
  // Beside the file itself, so that the rename is a single step; one name, so that a broken download is overwritten by the next.
  const aside = `${path}.part`
  try {
    await fetchInto(aside, host, signal)
    await openPlaceDatabase(aside)
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw withoutKey(error, host)
  }
  return { database: 'fetched' }
}

async function fetchInto(file: string, { settings, outside }: GeoipHost, signal: AbortSignal): Promise<void> {
  const address = (settings.geoliteDbUrl || maxMind).replaceAll('%s', encodeURIComponent(settings.maxmindLicenseKey))
  const into = (parts: AsyncIterable<Buffer>) => pipeline(databaseIn(parts), createWriteStream(file, { mode: 0o600 }))
  const limits = { maxBytes, timeoutMilliseconds, redirects: 3, signal }
  const { status } = await outside(address, { namedBy: 'administrator', into, ...limits })
  if (status === 401 || status === 403) throw new Error(`MAXMIND_LICENSE_KEY: ${hostOf(address)} does not take it (${status}).`)
  if (status !== 200) throw new Error(`The database of places could not be fetched: ${hostOf(address)} answered ${status}.`)
}

const hostOf = (address: string): string => new URL(address).host

/** What failed may name the address, and the key may stand anywhere in that. */
function withoutKey(error: unknown, { settings: { maxmindLicenseKey: key } }: GeoipHost): Error {
  const sentence = error instanceof Error ? error.message : String(error)
  const hidden = key === '' ? sentence : sentence.replaceAll(key, '***').replaceAll(encodeURIComponent(key), '***')
  return new Error(hidden)
}
