// Wakes requests that wait for a decision, so that a device is in at once; those of other processes look again by themselves.

export interface Bells {
  /** Settles when the bell of this name rings, the time is over, or the signal aborts. */
  wait(name: string, milliseconds: number, signal: AbortSignal): Promise<void>
  ring(name: string): void
  ringAll(): void
}

export function createBells(): Bells {
  const waiting = new Map<string, Set<() => void>>()
  const ring = (name: string) => {
    for (const wake of waiting.get(name) ?? []) wake()
  }
  return {
    wait: (name, milliseconds, signal) =>
      new Promise((resolve) => {
        const mine = waiting.get(name) ?? new Set()
        const wake = () => {
          clearTimeout(patience)
          signal.removeEventListener('abort', wake)
          mine.delete(wake)
          if (mine.size === 0) waiting.delete(name)
          resolve()
        }
        const patience = setTimeout(wake, milliseconds)
        signal.addEventListener('abort', wake)
        waiting.set(name, mine.add(wake))
        if (signal.aborted) wake()
      }),
    ring,
    ringAll: () => {
      for (const name of [...waiting.keys()]) ring(name)
    },
  }
}
