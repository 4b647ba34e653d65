// How often something is done that costs the directory: always where it costs little, else for a hundredth of the time at most.

/** When something was done last, on a clock that only counts up, and how long it took. */
export interface Pace {
  readonly at: number
  readonly took: number
}

const share = 100
const cheapMilliseconds = 20

export const isDue = ({ at, took }: Pace, now: number): boolean => took < cheapMilliseconds || now - at >= took * share

/** Does it, and says how long that took. */
export async function paced<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly pace: Pace }> {
  const at = performance.now()
  const result = await work()
  return { result, pace: { at, took: performance.now() - at } }
}
