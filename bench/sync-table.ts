// The figures of bench:sync as a table for the terminal and as docs/reference/performance.md, with the goals they are held to.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import type { Figures } from './sync.ts'

type Row = readonly [what: string, value: string, ratio: string, goal: string]

const milliseconds = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`
const times = (value: number) => `${value.toFixed(1)} x`

function rows(figures: Figures): readonly Row[] {
  const { users, baseline, first, again, changes, live } = figures
  const big = users >= 100_000
  return [
    ['ldapsearch, paged, same attributes', milliseconds(baseline), '1.0 x', ''],
    ['first sync', milliseconds(first), times(first / baseline), big ? '7 x' : '8 x'],
    ['sync with nothing to change', milliseconds(again), times(again / baseline), '2 x'],
    ['asking for changes, there are none', milliseconds(changes.nothing), '', '10 ms'],
    ['10 modified, 5 added, 5 deleted, committed', milliseconds(changes.twenty), '', '50 ms'],
    [`live: slapd to userinfo, median of ${live.rounds}`, milliseconds(live.median), '', '50 ms'],
    [`live: slapd to userinfo, worst of ${live.rounds}`, milliseconds(live.worst), '', '1000 ms'],
    ['peak memory of the server, first sync', `${figures.firstMegabytes} MB`, '', users > 100_000 ? '1000 MB' : '350 MB'],
    ['peak memory of the server, later syncs', `${figures.laterMegabytes} MB`, '', users > 100_000 ? '' : '250 MB'],
    [
      'first sync while somebody signs in over and over',
      milliseconds(figures.busyFirst),
      times(figures.busyFirst / baseline),
      '',
    ],
    ['/healthz, worst during that sync', milliseconds(figures.worstHealth), '', '60 ms'],
    ['passkey sign-in, worst during that sync', milliseconds(figures.worstSignIn), '', '500 ms'],
  ]
}

/** For the terminal. */
export function table(figures: Figures): string {
  const lines: readonly Row[] = [[`${figures.users} users`, 'time', 'ratio', 'at most'], ...rows(figures)]
  return lines
    .map(([what, value, ratio, goal]) => `${what.padEnd(50)}${value.padStart(10)}${ratio.padStart(9)}${goal.padStart(10)}`)
    .join('\n')
}

/** Keeps the page. */
export function keepPage(all: readonly Figures[]): void {
  const version = (program: string, args: readonly string[]) => {
    const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
    return /OpenLDAP:? ?(?:slapd|ldapsearch)? ?([\d.]+)/.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown'
  }
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.versions.node}, OpenLDAP ${version('ldapsearch', ['-VV'])}`
  const tables = all.map((figures) => {
    const body = rows(figures).map((row) => `| ${row.join(' | ')} |`)
    return [
      `## ${figures.users.toLocaleString('en')} users`,
      '',
      '| | | ratio | at most |',
      '|---|---:|---:|---:|',
      ...body,
    ].join('\n')
  })
  const page = `# Performance of a directory sync

Written by \`npm run bench:sync -- --users ${all.map(({ users }) => users).join(',')} --write\`. Ratios are to OpenLDAP's own client reading the same attributes
in pages of 1,000, in the same run; the server is what the image ships. A group for every 20 people with about 40 members, and one
group of all. ${machine}.

${tables.join('\n\n')}
${growth(all)}`
  writeFileSync(new URL('../docs/reference/performance.md', import.meta.url), page)
}

/** How times grow with the number of people: 1 is in proportion, 0 not at all. */
function growth(all: readonly Figures[]): string {
  if (all.length < 2) return ''
  const slope = (of: (figures: Figures) => number) => {
    const points = all.map((figures) => [Math.log(figures.users), Math.log(of(figures))] as const)
    const [x, y] = [0, 1].map((at) => points.reduce((sum, point) => sum + (point[at] ?? 0), 0) / points.length)
    const [mx, my] = [x ?? 0, y ?? 0]
    const over = points.reduce((sum, [px]) => sum + (px - mx) ** 2, 0)
    return (points.reduce((sum, [px, py]) => sum + (px - mx) * (py - my), 0) / over).toFixed(2)
  }
  return `
## Growth

The exponent with which a time grows (least squares over the logarithms; 1 is in proportion, 0 not at all): first sync ${slope(({ first }) => first)},
sync with nothing to change ${slope(({ again }) => again)}, asking for changes ${slope(({ changes }) => changes.nothing)}, twenty changes ${slope(({ changes }) => changes.twenty)}.
`
}
