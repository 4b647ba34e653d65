// Numbers that administrators watch: counted where things happen, asked for when somebody looks, written out by whoever publishes them.
import type { Log } from './log.ts'

/** Label values by name. Only from small closed sets: a name, an address or an id makes a series for each. */
export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly labels?: Labels
  readonly value: number
}

/** What happened so often, added up over all values: how many were at most `bounds[i]`. */
export interface Distribution {
  readonly labels: Labels
  readonly bounds: readonly number[]
  readonly atMost: readonly number[]
  readonly count: number
  readonly sum: number
}

interface Words {
  /** In snake_case, its topic first and its unit last: `oidc_tokens_issued_total`. */
  readonly name: string
  readonly help: string
}

/** Numbers of one name, at one moment. */
export type Metric = Words &
  (
    | { readonly kind: 'counter' | 'gauge'; readonly samples: readonly Sample[] }
    | { readonly kind: 'histogram'; readonly distributions: readonly Distribution[] }
  )

/** A number that is found out when somebody looks. Its plugin contributes it and takes it away when it stops. */
export interface Gauge extends Words {
  /** For what only ever grows, such as seconds of processor time. A gauge when absent. */
  readonly kind?: 'counter' | 'gauge'
  read(): number | readonly Sample[] | Promise<number | readonly Sample[]>
}

/** Label values come in the order of the names that were declared. */
export interface Counter {
  add(by: number, ...labels: readonly string[]): void
}
export interface Level {
  set(value: number, ...labels: readonly string[]): void
}
export interface Histogram {
  observe(value: number, ...labels: readonly string[]): void
}

/**
 * Where a plugin counts. Asked twice for one name it gives the same counter, so numbers go on over a restart of the plugin.
 *
 * Counting is adding to a number in memory, whether anybody looks or not.
 *
 * @throws Error when another plugin has this name
 */
export interface Meter {
  counter(name: string, help: string, labels?: readonly string[]): Counter
  level(name: string, help: string, labels?: readonly string[]): Level
  histogram(name: string, help: string, bounds: readonly number[], labels?: readonly string[]): Histogram
}

export interface Meters {
  /** The meter of one plugin. */
  of(owner: string): Meter
  read(): readonly Metric[]
}

type Numbers = Counter & Level & { read(): Metric }
type Distributions = Histogram & { read(): Metric }

/** Makes the place where one process counts. */
export function createMeters(): Meters {
  const owners = new Map<string, string>()
  const counted = new Map<string, Numbers>()
  const measured = new Map<string, Distributions>()
  const keep = <I>(among: Map<string, I>, owner: string, name: string, make: () => I): I => {
    const other = owners.get(name) ?? owner
    if (other !== owner) throw new Error(`The plugins ${other} and ${owner} both count ${name}.`)
    owners.set(name, owner)
    const instrument = among.get(name) ?? make()
    among.set(name, instrument)
    return instrument
  }
  return {
    of: (owner) => ({
      counter: (name, help, labels = []) => keep(counted, owner, name, () => numbers({ name, help }, 'counter', labels)),
      level: (name, help, labels = []) => keep(counted, owner, name, () => numbers({ name, help }, 'gauge', labels)),
      histogram: (name, help, bounds, labels = []) =>
        keep(measured, owner, name, () => distributions({ name, help }, bounds, labels)),
    }),
    read: () => [...counted.values(), ...measured.values()].map((instrument) => instrument.read()),
  }
}

/** Reads gauges. Those of one name, such as of several directories, are one metric; one that fails is logged and left out. */
export async function readGauges(gauges: readonly Gauge[], log: Log): Promise<readonly Metric[]> {
  const found = new Map<string, Metric & { readonly samples: Sample[] }>()
  for (const { name, help, kind = 'gauge', read } of gauges) {
    try {
      const value = await read()
      const samples = typeof value === 'number' ? [{ value }] : value
      const metric = found.get(name) ?? { name, help, kind, samples: [] }
      found.set(name, metric)
      metric.samples.push(...samples)
    } catch (error) {
      log.warn('A number could not be read', { name, error })
    }
  }
  return [...found.values()]
}

const separator = '\u0000'
const keyOf = (values: readonly string[]) => (values.length === 1 ? (values[0] ?? '') : values.join(separator))
const labelled = (names: readonly string[], key: string): Labels =>
  Object.fromEntries(key.split(separator).flatMap((value, at) => (names[at] === undefined ? [] : [[names[at], value]])))

function numbers(words: Words, kind: 'counter' | 'gauge', names: readonly string[]): Numbers {
  // A count without labels is there from the start, so that its first event is seen as a rise.
  const held = new Map<string, number>(names.length === 0 && kind === 'counter' ? [['', 0]] : [])
  return {
    add(by, ...values) {
      const key = keyOf(values)
      held.set(key, (held.get(key) ?? 0) + by)
    },
    set: (value, ...values) => void held.set(keyOf(values), value),
    read: () => ({ ...words, kind, samples: [...held].map(([key, value]) => ({ labels: labelled(names, key), value })) }),
  }
}

function distributions(words: Words, bounds: readonly number[], names: readonly string[]): Distributions {
  const held = new Map<string, { readonly atMost: number[]; count: number; sum: number }>()
  return {
    observe(value, ...values) {
      const key = keyOf(values)
      const one = held.get(key) ?? { atMost: bounds.map(() => 0), count: 0, sum: 0 }
      held.set(key, one)
      one.count += 1
      one.sum += value
      for (const [at, bound] of bounds.entries()) if (value <= bound) one.atMost[at] = (one.atMost[at] ?? 0) + 1
    },
    read: () => ({
      ...words,
      kind: 'histogram',
      distributions: [...held].map(([key, one]) => ({ ...one, bounds, atMost: [...one.atMost], labels: labelled(names, key) })),
    }),
  }
}
