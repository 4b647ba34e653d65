// What the benchmarks share: the middle of several rounds, the memory of a process, and a question to /healthz.
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Agent, request } from 'node:http'

/** The middle one, which one odd round does not move. */
export function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN
}

/** The most memory that a running process ever had, as Linux counts it. */
export function peakMegabytes({ pid }: ChildProcess): number {
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kilobytes ?? Number.NaN) / 1024)
}

/** Whether /healthz answers 204; false also when nobody listens yet. */
export function isHealthy(url: string, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(new URL('/healthz', url), { agent }, (answer) =>
      answer.resume().on('end', () => resolve(answer.statusCode === 204)),
    )
    asked.on('error', () => resolve(false)).end()
  })
}

/** The time that a running process has had on a processor, in microseconds (proc(5): utime and stime, in hundredths of a second). */
export function processorMicroseconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}
