// Many small writes in one commit: whoever comes while the disk is busy shares the next one.
import type { Transaction } from './client.ts'
import { causes } from './violations.ts'

type Work<T> = (tx: Transaction) => Promise<T>

interface Waiting {
  /** Does the work in a savepoint of its own; the returned function tells its caller, once everything is on the disk. */
  run(tx: Transaction): Promise<() => void>
  fail(error: unknown): void
}

/** A full disk ends the whole transaction (SQLite, section 3.1 of its transactions): what came after would be written without it. */
const hasEnded = (error: unknown): boolean => causes(error).some(({ message }) => message.includes('no such savepoint'))

/** So many at once that a commit is worth it, and so few that nobody waits long for the others. */
const mostAtOnce = 64

/**
 * Makes a `write` whose callers share transactions. Each piece of work stands alone: one that rejects is rolled back and takes nobody
 * along. Nobody hears of success before the commit.
 *
 * @param transaction runs one transaction, in its turn
 */
export function createTogether(transaction: (work: Work<void>) => Promise<void>): <T>(work: Work<T>) => Promise<T> {
  let waiting: Waiting[] = []
  let isDue = false

  const due = () => {
    if (isDue || waiting.length === 0) return
    isDue = true
    void commit()
  }

  const take = (): readonly Waiting[] => {
    const mine = waiting.slice(0, mostAtOnce)
    waiting = waiting.slice(mostAtOnce)
    isDue = false
    due()
    return mine
  }

  async function commit(): Promise<void> {
    let mine: readonly Waiting[] | undefined
    const told: (() => void)[] = []
    try {
      await transaction(async (tx) => {
        mine = take()
        for (const one of mine) told.push(await one.run(tx))
      })
      for (const tell of told) tell()
    } catch (error) {
      // The commit failed, or the transaction never began: nothing is on the disk.
      for (const one of mine ?? take()) one.fail(error)
    }
  }

  return <T>(work: Work<T>) =>
    new Promise<T>((resolve, reject) => {
      waiting.push({
        fail: reject,
        async run(tx) {
          try {
            const result = await tx.transaction((own) => work(own as Transaction))
            return () => resolve(result)
          } catch (error) {
            if (hasEnded(error)) throw error
            return () => reject(error)
          }
        },
      })
      due()
    })
}
