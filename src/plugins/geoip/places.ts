// Answers where an address lies, from the file as it is at this moment: fetched here, or put there by somebody else.
import { stat } from 'node:fs/promises'
import type { Host } from '#core/kernel/plugin.ts'
import { errorText } from '#core/log.ts'
import { nowhere, type Place, type Places } from '#core/places-port.ts'
import { openPlaceDatabase, type PlaceDatabase } from './database.ts'
import { nearPlaces } from './near.ts'
import { databasePath, type settings } from './settings.ts'

interface Held {
  /** Of the file that was read; undefined: there was none. */
  readonly changedAt: number | undefined
  readonly database: Promise<PlaceDatabase | undefined>
}

/** Reads the file when it is first asked for, and again when it is another one. Trouble is told once for each file. */
export function createPlaces({ settings: chosen, log }: Pick<Host<typeof settings>, 'settings' | 'log'>): Places {
  const path = databasePath(chosen)
  const near = nearPlaces(chosen.localIpv6Ranges)
  let held: Held | undefined

  const open = (): Promise<PlaceDatabase | undefined> =>
    openPlaceDatabase(path).catch((error: unknown) => {
      log.warn('GEOLITE_DB_PATH: the file is no database of places, so places are not named', { path, error: errorText(error) })
      return undefined
    })
  const current = async (): Promise<PlaceDatabase | undefined> => {
    const found = await stat(path).catch(() => undefined)
    if (!held || held.changedAt !== found?.mtimeMs)
      held = { changedAt: found?.mtimeMs, database: found ? open() : Promise.resolve(undefined) }
    return held.database
  }
  const lookUp = async (address: string): Promise<Place> => {
    try {
      return (await current())?.(address) ?? nowhere
    } catch (error) {
      log.warn('GEOLITE_DB_PATH: the database of places is damaged', { path, error: errorText(error) })
      return nowhere
    }
  }
  return {
    async of(ipAddress) {
      // The databases know IPv4 in its own clothes only, and no zones.
      const address = (ipAddress ?? '').replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
      return address === '' ? nowhere : (near(address) ?? (await lookUp(address)))
    },
  }
}
