// Pure but for chance: how long to wait before something that failed is tried again.

export interface BackOff {
  /** It failed. @returns how long to wait now, in milliseconds: longer each time */
  failed(): number
  /** It went well: the next failure waits little again. */
  passed(): void
}

/** Doubles from the first to the longest; up to a quarter more or less, so that not everybody comes back at once. */
export function createBackOff(firstMilliseconds: number, longestMilliseconds: number, chance = Math.random): BackOff {
  let pause = firstMilliseconds
  return {
    failed() {
      const now = pause * (0.75 + chance() / 2)
      pause = Math.min(longestMilliseconds, pause * 2)
      return now
    },
    passed() {
      pause = firstMilliseconds
    },
  }
}
