// Pure: metrics as Prometheus' text format 0.0.4, which every monitoring system reads.
import type { Distribution, Labels, Metric, Sample } from '#core/metrics.ts'

export const contentType = 'text/plain; version=0.0.4; charset=utf-8'

/** What every name begins with, except where a name is everybody's (`process_…`). */
const prefix = 'pocket_id_'

/** The whole page. */
export const exposition = (metrics: readonly Metric[]): string => metrics.map(family).join('')

function family(metric: Metric): string {
  const name = metric.name.startsWith('process_') ? metric.name : prefix + metric.name
  const lines = metric.kind === 'histogram' ? metric.distributions.flatMap(buckets(name)) : metric.samples.map(line(name))
  return [`# HELP ${name} ${escaped(metric.help)}`, `# TYPE ${name} ${metric.kind}`, ...lines, ''].join('\n')
}

const line =
  (name: string) =>
  ({ labels = {}, value }: Sample): string =>
    `${name}${inBraces(labels)} ${value}`

const buckets =
  (name: string) =>
  ({ labels, bounds, atMost, count, sum }: Distribution): readonly string[] => [
    ...bounds.map((bound, at) => `${name}_bucket${inBraces({ ...labels, le: String(bound) })} ${atMost[at] ?? 0}`),
    `${name}_bucket${inBraces({ ...labels, le: '+Inf' })} ${count}`,
    `${name}_sum${inBraces(labels)} ${sum}`,
    `${name}_count${inBraces(labels)} ${count}`,
  ]

function inBraces(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value).replace(/"/g, '\\"')}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
