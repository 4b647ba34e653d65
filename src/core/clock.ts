// Time as a value: everything that asks for the time asks the clock it was given, so tests can stand still.

export interface Clock {
  /** The present moment. */
  now(): Date
  /** A silent clock does not strike: what is done at its hour, or every so often, is not done. For whoever counts what is. */
  readonly silent?: true
}

export const systemClock: Clock = { now: () => new Date() }
export const silentClock: Clock = { ...systemClock, silent: true }

/** The moment `seconds` after the clock's now; negative seconds lie in the past. */
export const inSeconds = (clock: Clock, seconds: number): Date => new Date(clock.now().getTime() + seconds * 1000)
