// Hands the kernel what the places of addresses contribute: a port for whoever shows them, and the job that keeps the database fresh.
import { type Job, start } from '#core/kernel/plugin.ts'
import { places } from '#core/places-port.ts'
import { createPlaces } from './places.ts'
import { canFetch, refreshDatabase } from './refresh.ts'
import { settings } from './settings.ts'

export default start(settings, (host) => {
  host.offer(places, createPlaces(host))
  const job: Job = {
    name: 'UpdateGeoLiteDB',
    schedule: '23 2 * * *',
    atStart: true,
    run: (signal) => refreshDatabase(host, signal),
  }
  return { jobs: canFetch(host) ? [job] : [] }
})
