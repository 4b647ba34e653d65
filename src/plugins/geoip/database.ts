// The database of places in memory (MaxMind DB format): the only file that speaks mmdb-lib.
import { readFile } from 'node:fs/promises'
import { type CityResponse, Reader } from 'mmdb-lib'
import type { Place } from '#core/places-port.ts'

/** @param address a plain IPv4 or IPv6 address. @returns undefined where the database has nothing about it */
export type PlaceDatabase = (address: string) => Place | undefined

/** Reads a database whole: looking up takes microseconds then, and the file may be replaced meanwhile. @throws Error unless it is one */
export async function openPlaceDatabase(path: string): Promise<PlaceDatabase> {
  const reader = new Reader<CityResponse>(await readFile(path))
  return (address) => {
    const found = reader.get(address)
    // A database of countries has no cities.
    return found ? { country: found.country?.names.en ?? '', city: found.city?.names.en ?? '' } : undefined
  }
}
