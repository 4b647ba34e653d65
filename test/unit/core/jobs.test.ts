// Leases and schedules on a real database: one holder at a time, none forever, and every run in the log.
import { once } from 'node:events'
import { hostname } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { leases } from '#core/db/tables.ts'
import { withLease } from '#core/jobs/lease.ts'
import { type Job, schedule } from '#core/jobs/schedule.ts'
import { createLog } from '#core/log.ts'
import { createMeters } from '#core/metrics.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
let now: Date
const clock = { now: () => now }
const never = new AbortController().signal
const inAnHour = () => new Date(now.getTime() + 3_600_000)
beforeEach(async () => {
  now = new Date()
  database = await freshDatabase()
})
afterEach(() => database.close())

const deps = () => ({ db: database.db, clock })
const hold = (holder: string, expiresAt: Date, name = 'work') =>
  database.db.write((tx) => tx.insert(leases).values({ name, holder, expiresAt }))
const held = () => database.db.read.select().from(leases)

describe('a lease', () => {
  test('is held by one at a time and free again afterwards, also after a failure', async () => {
    const first = await withLease(deps(), 'work', never, async () => {
      expect(await withLease(deps(), 'work', never, async () => 2)).toEqual({ kind: 'busy' })
      expect(await withLease(deps(), 'other', never, async () => 3)).toEqual({ kind: 'held', result: 3 })
      return 1
    })
    expect(first).toEqual({ kind: 'held', result: 1 })
    const failing = withLease(deps(), 'work', never, () => Promise.reject(new Error('Broken.')))
    await expect(failing).rejects.toThrow('Broken.')
    expect(await held()).toEqual([])
  })

  test('of eight who ask at once is never held by two', async () => {
    let inside = 0
    let most = 0
    const work = async () => {
      inside++
      most = Math.max(most, inside)
      await new Promise((resolve) => setImmediate(resolve))
      inside--
    }
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => withLease(deps(), 'work', never, work)))
    expect(outcomes.map(({ kind }) => kind)).toContain('held')
    expect(most).toBe(1)
    expect(await held()).toEqual([])
  })

  test('of somebody alive elsewhere is respected until it runs out', async () => {
    await hold('elsewhere 1 token id', inAnHour())
    expect(await withLease(deps(), 'work', never, async () => 1)).toEqual({ kind: 'busy' })
    now = new Date(inAnHour().getTime() + 1)
    expect(await withLease(deps(), 'work', never, async () => 1)).toEqual({ kind: 'held', result: 1 })
  })

  test.each([
    ['a process of this machine that is gone', () => `${hostname()} 4194305 token id`],
    ['an earlier life of this very process id', () => `${hostname()} ${process.pid} token id`],
  ])('of %s is taken over at once', async (_case, holder) => {
    await hold(holder(), inAnHour())
    expect(await withLease(deps(), 'work', never, async () => 1)).toEqual({ kind: 'held', result: 1 })
  })

  test('that is lost aborts the work', async () => {
    const outcome = withLease(deps(), 'work', never, async (signal) => {
      await database.db.write((tx) => tx.update(leases).set({ holder: 'elsewhere 1 token id', expiresAt: inAnHour() }))
      await once(signal, 'abort')
      return String(signal.reason)
    })
    expect(await outcome).toEqual({ kind: 'held', result: expect.stringContaining('lost') })
    expect((await held())[0]?.holder).toBe('elsewhere 1 token id')
  })
})

describe('a schedule', () => {
  const lines: string[] = []
  const log = createLog({ level: 'debug', json: false, write: (line) => lines.push(line) })
  const start = (job: Partial<Job> & Pick<Job, 'run'>) => {
    lines.length = 0
    return schedule({ ...deps(), log, meter: createMeters().of('core') }, [
      { name: 'SyncPaper', schedule: '0 0 1 1 *', atStart: true, ...job },
    ])
  }

  test('runs a job at the start and logs it with its result', async () => {
    const done = Promise.withResolvers<void>()
    const running = start({
      run: async () => {
        done.resolve()
        return { created: 3 }
      },
    })
    await done.promise
    await running.stop()
    expect(lines).toEqual([expect.stringMatching(/ INFO {2}Job run successfully name=SyncPaper duration=\d+ms created=3$/)])
  })

  test('logs a job that fails, and goes on', async () => {
    let runs = 0
    const again = Promise.withResolvers<void>()
    const running = start({
      schedule: '* * * * * *',
      run: async () => {
        runs++
        if (runs > 1) again.resolve()
        throw new Error('No answer.')
      },
    })
    await again.promise
    await running.stop()
    // The run of the start and that of the second may meet; then one of them is passed over.
    expect(lines).toContainEqual(expect.stringMatching(/ ERROR Job failed with error name=SyncPaper .*"No answer\."/))
  })

  test('aborts what runs when it stops, and waits for it', async () => {
    const begun = Promise.withResolvers<void>()
    let finished = false
    const running = start({
      run: async (signal) => {
        begun.resolve()
        await once(signal, 'abort')
        finished = true
        throw signal.reason
      },
    })
    await begun.promise
    await running.stop()
    expect(finished).toBe(true)
    expect(lines).toEqual([expect.stringContaining('Job stopped')])
    expect(await held()).toEqual([])
  })

  test('waits its turn at the start while another process is at it', async () => {
    await hold('elsewhere 1 token id', inAnHour(), 'job:SyncPaper')
    const done = Promise.withResolvers<void>()
    const running = start({
      run: async () => {
        done.resolve()
        return undefined
      },
    })
    await database.db.write((tx) => tx.delete(leases))
    await done.promise
    await running.stop()
    expect(lines.at(-1)).toContain('Job run successfully')
  })
})
