// Asks again until it is so. Nothing here says how long that takes; the limit is for what never will be.
import { vi } from 'vitest'

/** Waits until the check no longer throws. @returns what it returned */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 180_000, interval: 50 })
