// Random stories of a directory: people and groups come, go, change, move and come back. Each kind of server tells them in its own words.
import fc from 'fast-check'
import type { Memory } from '../../src/plugins/ldap/changes/reading.ts'

/** How one kind of server is told what to do. */
export interface Dialect {
  /** Applies LDIF change records. */
  modify(ldif: string): Promise<void>
  /** Where people are, and the unit that some of them move to: its name changes. */
  readonly people: string
  readonly base: string
  rdn(name: string): string
  /** A new entry among the people. */
  person(uid: string): string
  groupDn(cn: string): string
  group(cn: string, members: readonly string[]): string
  /** The attribute whose value `left` takes an entry out of the filter. */
  readonly leaving: string
  /** A change that ends or begins a lock, where the server has one. */
  lock?(locked: boolean): readonly string[]
  /** Things that happen to the server itself. */
  readonly more?: Actions
}

type Actions = Readonly<Record<string, (a: number, b: number) => Promise<unknown> | undefined>>

/** Who is there when a story begins. */
export const everybody = Array.from({ length: 10 }, (_, at) => `p${at}`)
export const teams = ['g0', 'g1', 'g2', '_pocket_id_admins']
export const membersOf = (team: string) => everybody.slice(teams.indexOf(team), teams.indexOf(team) + 4)
export const unit = 'elsewhere'

/** Where nobody keeps references in order, a group knows some of its members by names they had before. */
const passOver = (error: Error) => {
  if (!/code (16|20|68|53)\b/.test(error.message)) throw error
}

/** The directory as the test knows it, and changes of it that fit. */
export function createStory(dialect: Dialect) {
  const { base, people, rdn, groupDn } = dialect
  const dns = new Map(everybody.map((uid) => [uid, `${rdn(uid)},${people}`]))
  const left = new Set<string>()
  const locked = new Set<string>()
  const members = new Map(teams.map((cn) => [cn, new Set(membersOf(cn))]))
  let elsewhere = `ou=${unit},${base}`
  let made = 0
  const modify = (dn: string | undefined, ...lines: readonly string[]) =>
    dn === undefined ? undefined : dialect.modify([`dn: ${dn}`, 'changetype: modify', ...lines, ''].join('\n'))
  const rename = (dn: string, to: string, superior?: string) =>
    dialect.modify(
      [
        `dn: ${dn}`,
        'changetype: modrdn',
        `newrdn: ${to}`,
        'deleteoldrdn: 1',
        ...(superior ? [`newsuperior: ${superior}`] : []),
        '',
      ].join('\n'),
    )
  const pick = <T>(list: Iterable<T>, at: number): T | undefined => [...list][at % Math.max(1, [...list].length)]
  const drop = (uid: string) => {
    for (const set of members.values()) set.delete(uid)
  }
  const actions: Actions = {
    modify: (a, b) => modify(dns.get(pick(dns.keys(), a) ?? ''), 'replace: sn', `sn: Name ${b}`),
    rename: (a) => {
      const uid = pick(dns.keys(), a)
      const dn = dns.get(uid ?? '')
      if (!uid || !dn) return undefined
      const name = rdn(`new${++made}`)
      dns.set(uid, `${name}${dn.slice(dn.indexOf(','))}`)
      return rename(dn, name)
    },
    move: (a) => {
      const uid = pick(dns.keys(), a)
      const dn = dns.get(uid ?? '')
      if (!uid || !dn) return undefined
      const name = dn.slice(0, dn.indexOf(','))
      const parent = dn.endsWith(people) ? elsewhere : people
      dns.set(uid, `${name},${parent}`)
      return rename(dn, name, parent)
    },
    renameUnit: () => {
      const before = elsewhere
      const name = `ou=elsewhere${++made}`
      elsewhere = `${name},${base}`
      for (const [uid, dn] of dns) if (dn.endsWith(before)) dns.set(uid, dn.slice(0, -before.length) + elsewhere)
      return rename(before, name)
    },
    delete: (a) => {
      const uid = pick(dns.keys(), a)
      const dn = dns.get(uid ?? '')
      if (!uid || !dn) return undefined
      dns.delete(uid)
      left.delete(uid)
      locked.delete(uid)
      drop(uid)
      return dialect.modify(`dn: ${dn}\nchangetype: delete\n`)
    },
    create: (a) => {
      const uid = everybody.find((one, at) => !dns.has(one) && at >= a % everybody.length)
      if (!uid) return undefined
      dns.set(uid, `${rdn(uid)},${people}`)
      return dialect.modify(dialect.person(uid))
    },
    leave: (a) => {
      const uid = pick(dns.keys(), a)
      if (!uid || left.has(uid)) return undefined
      left.add(uid)
      return modify(dns.get(uid), `add: ${dialect.leaving}`, `${dialect.leaving}: left`)
    },
    comeBack: (a) => {
      const uid = pick(left, a)
      if (!uid) return undefined
      left.delete(uid)
      return modify(dns.get(uid), `delete: ${dialect.leaving}`)
    },
    lock: (a) => {
      const uid = pick(dns.keys(), a)
      const isLocked = locked.has(uid ?? '')
      if (!uid || !dialect.lock) return undefined
      if (isLocked) locked.delete(uid)
      else locked.add(uid)
      return modify(dns.get(uid), ...dialect.lock(!isLocked))
    },
    join: (a, b) => {
      const uid = pick(dns.keys(), a)
      const [cn, set] = pick(members, b) ?? []
      if (!uid || !cn || set?.has(uid)) return undefined
      set?.add(uid)
      return modify(groupDn(cn), 'add: member', `member: ${dns.get(uid)}`)?.catch(passOver)
    },
    part: (a, b) => {
      const [cn, set] = pick(members, b) ?? []
      const uid = pick(set ?? [], a)
      if (!uid || !cn) return undefined
      set?.delete(uid)
      return modify(groupDn(cn), 'delete: member', `member: ${dns.get(uid)}`)?.catch(passOver)
    },
    disband: (a) => {
      const cn = pick(
        [...members.keys()].filter((one) => one !== '_pocket_id_admins'),
        a,
      )
      if (!cn) return undefined
      members.delete(cn)
      return dialect.modify(`dn: ${groupDn(cn)}\nchangetype: delete\n`)
    },
    found: (a) => {
      const cn = `team${++made}`
      const uid = pick(dns.keys(), a)
      members.set(cn, new Set(uid ? [uid] : []))
      return dialect.modify(dialect.group(cn, uid ? [dns.get(uid) ?? ''] : []))
    },
    ...dialect.more,
  }
  return { names: Object.keys(actions), do: (name: string, a: number, b: number) => actions[name]?.(a, b) }
}

/** What is done now and then, because it may cost much, is done the next time. */
export function atLeisure(memory: Memory): void {
  const { last } = memory
  if (!last) return
  const due = { at: 0, took: 0 }
  const { way } = last.bookmark
  const ready = way.kind === 'times' ? { ...way, scanned: due, looked: due } : 'scanned' in way ? { ...way, scanned: due } : way
  memory.last = { ...last, bookmark: { ...last.bookmark, placesRead: due, way: ready } }
}

/** Steps that happen before changes are looked for. */
export type Handful = readonly { readonly name: string; readonly a: number; readonly b: number }[]

/** Steps, a few at a time; what changed is brought in after each handful. */
export function storyOf(names: readonly string[]) {
  const step = fc.record({ name: fc.constantFrom(...names), a: fc.nat(50), b: fc.nat(50) })
  return fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 4, maxLength: 8 })
}
