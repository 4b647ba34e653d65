// The people and groups of the sample directory, written as LDIF. The same input always gives the same text.
import { createHash } from 'node:crypto'

/** The suffix of every test directory. */
export const base = 'dc=example,dc=org'

/** The account that a sync binds with: it may read everything and write nothing. */
export const reader = { dn: `cn=readonly,ou=services,${base}`, password: 'readonly-pw' } as const

/** One attribute and its values; `undefined` leaves it out. */
export type Attributes = Readonly<Record<string, string | Buffer | readonly string[] | undefined>>

/**
 * Writes one entry as LDIF, with its entryUUID.
 *
 * The id comes from the DN, so that an entry keeps it from run to run and a test can foretell it with `entryUuid`.
 */
export function entry(dn: string, attributes: Attributes): string {
  const lines = [line('dn', dn)]
  for (const [name, values] of Object.entries({ entryUUID: entryUuid(dn), ...attributes })) {
    if (values === undefined) continue
    for (const value of Array.isArray(values) ? (values as readonly string[]) : [values as string | Buffer])
      lines.push(line(name, value))
  }
  return `${lines.join('\n')}\n\n`
}

/** The entryUUID that `entry` gives a DN: a name-based UUID (RFC 9562 section 5.5) under a name space of our own. */
export function entryUuid(dn: string): string {
  const hash = createHash('sha1').update(`pocket-id-edge test directory:${dn}`).digest().subarray(0, 16)
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The suffix, its three organizational units and the reader: what every test directory starts with. */
export function* baseEntries(): Generator<string> {
  yield entry(base, { objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Example' })
  for (const ou of ['people', 'groups', 'services']) yield entry(`ou=${ou},${base}`, { objectClass: 'organizationalUnit', ou })
  yield entry(reader.dn, {
    objectClass: ['organizationalRole', 'simpleSecurityObject'],
    cn: 'readonly',
    userPassword: reader.password,
  })
}

/** What a test says about a person; the rest follows from the user name. */
export interface Person {
  readonly uid: string
  readonly givenName: string
  readonly sn: string
  readonly cn?: string
  readonly mail?: string
  readonly memberOf?: readonly string[]
  readonly jpegPhoto?: Buffer
}

export const personDn = (uid: string): string => `uid=${uid},ou=people,${base}`
export const groupDn = (cn: string): string => `cn=${cn},ou=groups,${base}`

/** One inetOrgPerson below ou=people. */
export function person({ uid, givenName, sn, cn = `${givenName} ${sn}`, mail = `${uid}@example.org`, ...rest }: Person): string {
  const { memberOf, jpegPhoto } = rest
  return entry(personDn(uid), {
    objectClass: 'inetOrgPerson',
    uid,
    cn,
    sn,
    givenName,
    displayName: cn,
    mail,
    memberOf,
    jpegPhoto,
  })
}

/** One groupOfNames below ou=groups; the members are user names. */
export const group = (cn: string, members: readonly string[]): string =>
  entry(groupDn(cn), { objectClass: 'groupOfNames', cn, description: `Group ${cn}`, member: members.map(personDn) })

const givenNames = [
  'Ada',
  'Björn',
  'Chloé',
  'Dmitri',
  'Eva',
  'Fatima',
  'Goro',
  'Hana',
  'Inês',
  'José',
  'Kira',
  'Søren',
  '美咲',
  'Юлия',
  'ليلى',
]
const surnames = [
  'Müller',
  'Smith',
  'García',
  'Novák',
  'Иванова',
  'Tanaka',
  "O'Neil",
  'van der Berg',
  'Šimić',
  'Öztürk',
  'Lund',
  'Nguyễn',
  '佐藤',
]

export const userName = (index: number): string => `user${String(index).padStart(6, '0')}`
export const groupName = (index: number): string => `group${String(index).padStart(5, '0')}`

/**
 * A directory of `count` people: user000000 and on, a group for every 20 of them with about 40 members each, `all-users`
 * with everyone and `_pocket_id_admins` with the first two.
 *
 * memberOf is written too, because the overlay that keeps it does not see what slapadd loads.
 */
export function* seed(count: number): Generator<string> {
  if (count === 0) return
  const groups = membersOfGroups(count)
  const memberOf = Array.from({ length: count }, (): string[] => [])
  for (const [cn, members] of groups) for (const index of members) memberOf[index]?.push(groupDn(cn))
  for (let index = 0; index < count; index++) yield person({ ...nameOf(index), memberOf: memberOf[index] ?? [] })
  for (const [cn, members] of groups) yield group(cn, members.map(userName))
}

const nameOf = (index: number) => ({
  uid: userName(index),
  givenName: givenNames[index % givenNames.length] ?? 'Ada',
  sn: surnames[(index * 7) % surnames.length] ?? 'Smith',
})

function membersOfGroups(count: number): ReadonlyMap<string, readonly number[]> {
  const random = randomNumbers(20_260_101)
  const groups = new Map<string, readonly number[]>()
  for (let index = 0; index < Math.ceil(count / 20); index++) {
    const size = Math.min(count, 35 + Math.floor(random() * 11))
    const members = new Set<number>()
    while (members.size < size) members.add(Math.floor(random() * count))
    groups.set(
      groupName(index),
      [...members].sort((a, b) => a - b),
    )
  }
  groups.set(
    'all-users',
    Array.from({ length: count }, (_, index) => index),
  )
  groups.set('_pocket_id_admins', count > 1 ? [0, 1] : [0])
  return groups
}

/** Numbers in [0, 1) from a linear congruential generator (constants of Numerical Recipes): the same row for the same start. */
function randomNumbers(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** RFC 2849: a value that is not plain ASCII, or starts or ends oddly, goes as base64. */
function line(name: string, value: string | Buffer): string {
  if (typeof value === 'string' && /^(?![ :<])[\x20-\x7e]*$/.test(value) && !value.endsWith(' ')) return `${name}: ${value}`
  return `${name}:: ${Buffer.from(value as string).toString('base64')}`
}
