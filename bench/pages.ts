// `npm run bench:pages [-- --json] [-- --users 100000]`: the server's time for the users page, and what the sign-in page weighs.
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { buildIslands } from '../scripts/islands.ts'
import { startInstance } from '../test/support/instance.ts'
import { sessionOf } from '../test/support/session.ts'
import { median } from './measure.ts'

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, users: { type: 'string', default: '100000' } },
})
const users = Number(options.users)
const rounds = 21
/** The users page, and that of a group of all, as people use them. */
const usersPath = '/settings/admin/users'
const groupPath = '/settings/admin/user-groups/all'
const views = {
  'the first page': '',
  'the last page': `?pagination[page]=${Math.ceil(users / 20)}`,
  'the middle, by e-mail': `?sort[column]=email&sort[direction]=desc&pagination[page]=${Math.ceil(users / 40)}`,
  'sorted by status': '?sort[column]=disabled&sort[direction]=desc',
  'administrators only': '?filters[isAdmin]=true',
  'the middle, by name, backwards': `?sort[column]=displayName&sort[direction]=desc&pagination[page]=${Math.ceil(users / 40)}`,
  'sorted by role': '?sort[column]=isAdmin&sort[direction]=desc',
  'sorted by day': '?sort[column]=createdAt&sort[direction]=desc',
  'disabled accounts': '?filters[disabled]=true',
  'searched by name': '?search=person0',
  'searched, one in nine found, by e-mail': '?search=person5&sort[column]=email',
  'searched, one in nine found, page 300': '?search=person5&pagination[page]=300',
  'searched, everybody found': '?search=example.org',
  'searched, nobody found': '?search=no-such-person',
  'searched by two letters': '?search=77',
  'searched among the disabled': '?search=person&filters[disabled]=true',
}
const groupViews = {
  members: '',
  'members, the last page': `?pagination[page]=${Math.ceil(users / 20)}`,
  'members, searched by name': '?search=person0',
  'members, one in nine found': '?search=person5',
  'members, everybody found': '?search=example.org',
}

/** A busy machine makes the first longer than the second: what the process itself computed. */
interface Times {
  readonly time: number
  readonly processor: number
}

await buildIslands()
const instance = await startInstance()
try {
  await fill(users)
  const headers = await sessionOf(instance, '0')
  // Somebody opened the page and looked round: by then the index knows everybody.
  await timeOf(`${usersPath}?search=person`, headers)
  while ((await lacking()) > 0) await pause(100)
  const times: Record<string, Times> = {}
  for (const [what, query] of Object.entries(views)) times[what] = await timeOf(`${usersPath}${query}`, headers)
  for (const [what, query] of Object.entries(groupViews)) times[what] = await timeOf(`${groupPath}${query}`, headers)
  const parts = await partsOf('/login')
  if (options.json) console.log(JSON.stringify({ users, times, parts }))
  else print(times, parts)
} finally {
  await instance.stop()
}

/** So many people, one in a hundred disabled, three administrators, and a group of all. */
async function fill(count: number): Promise<void> {
  const slice = 1000
  for (let from = 0; from < count; from += slice) {
    await instance.ground.db.write((tx) =>
      tx.run(sql`
        insert into users (id, username, email, first_name, last_name, display_name, is_admin, disabled, created_at, updated_at)
        select n, 'person' || n, 'person' || n || '@example.org', 'Person', n, 'Person ' || (n * 7919 % cast(${count} as integer)), n < 3, n % 100 = 9, n, n
        from (select cast(${from} as integer) + value as n from json_each(${JSON.stringify([...Array(Math.min(slice, count - from)).keys()])}))`),
    )
  }
  await instance.ground.db.write(async (tx) => {
    await tx.run(sql`insert into groups (id, name, friendly_name, created_at, updated_at) values ('all', 'all', 'All', 0, 0)`)
    await tx.run(sql`insert into group_members select 'all', id from users`)
  })
}

/** How many people the index of the search does not know yet. */
async function lacking(): Promise<number> {
  const [state] = await instance.ground.db.read.all<{ n: number }>(
    sql`select (select max(rowid) from users) - n as n from user_search_reach`,
  )
  return state?.n ?? 0
}

/** Medians of many requests, in milliseconds: route, database, markup, compression. */
async function timeOf(path: string, headers: Readonly<Record<string, string>>): Promise<Times> {
  const times: number[] = []
  const processor: number[] = []
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now()
    const used = process.cpuUsage()
    const response = await instance.fetch(path, { headers: { ...headers, accept: 'text/html', 'accept-encoding': 'br' } })
    await response.arrayBuffer()
    times.push(performance.now() - begun)
    const { user, system } = process.cpuUsage(used)
    processor.push((user + system) / 1000)
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}.`)
  }
  return { time: median(times), processor: median(processor) }
}

/** Bytes of a page and of everything it names, as they go over the wire without headers. */
async function partsOf(path: string): Promise<Readonly<Record<string, number>>> {
  const take = async (address: string) => {
    const headers = { accept: 'text/html', 'accept-encoding': 'br' }
    return new Uint8Array(await (await instance.fetch(address, { headers })).arrayBuffer())
  }
  const markup = await (await instance.fetch(path, { headers: { accept: 'text/html' } })).text()
  const named = [...markup.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].flatMap(([, address]) => address ?? [])
  const parts: Record<string, number> = { [path]: (await take(path)).length }
  for (const address of new Set(named)) parts[address.replace(/\?.*/, '')] = (await take(address)).length
  return parts
}

function print(times: Readonly<Record<string, Times>>, parts: Readonly<Record<string, number>>): void {
  const row = (what: string, value: string, ...more: readonly string[]) =>
    `${what.padEnd(44)}${value.padStart(10)}${more.map((text) => text.padStart(12)).join('')}`
  const sum = Object.values(parts).reduce((all, one) => all + one, 0)
  console.log(
    [
      row(`pages, ${users} users, median of ${rounds}`, 'time', 'processor', 'at most'),
      ...Object.entries(times).map(([what, { time, processor }]) =>
        row(`  ${what}`, `${time.toFixed(1)} ms`, `${processor.toFixed(1)} ms`, '30 ms'),
      ),
      '',
      row('sign-in page, without headers', 'bytes', 'at most'),
      ...Object.entries(parts).map(([what, bytes]) => row(`  ${what}`, String(bytes))),
      row('  all', String(sum), '60000'),
    ].join('\n'),
  )
}
