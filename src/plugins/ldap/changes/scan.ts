// What a directory does not tell of: entries that are gone, that came from outside the base, or that moved along with what they are in.
import type { LdapSettings } from '../check.ts'
import type { Only } from '../read/conclude.ts'
import type { Directory } from '../wire/directory.ts'
import { identifier } from '../wire/entry.ts'
import { newProof, readPages } from '../wire/paging.ts'
import { type Watched, watched } from './feed.ts'
import type { Mirror } from './mirror.ts'

const places = [
  'organizationalUnit',
  'organization',
  'organizationalRole',
  'container',
  'domain',
  'dcObject',
  'country',
  'locality',
]
/** Finds what entries are kept in. */
export const placesFilter = `(|${places.map((name) => `(objectClass=${name})`).join('')})`

/** The names of what entries are kept in: where one of them is new, the entries inside have new names too, and nobody says so. */
export async function readPlaces(directory: Directory, settings: LdapSettings): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const search = {
    base: settings.ldapBase,
    filter: placesFilter,
    filterKey: 'ldapBase',
    pageSize: settings.ldapPageSize,
  } as const
  for await (const entries of readPages(directory, { ...search, attributes: ['1.1'] }, newProof()))
    for (const { dn } of entries) found.add(dn)
  return found
}

export const samePlaces = (left: ReadonlySet<string>, right: ReadonlySet<string>): boolean =>
  left.size === right.size && [...left].every((dn) => right.has(dn))

/** Ids that are there and not in the mirror, or the other way round, or under another name. Reads ids and nothing else. */
export async function scan(directory: Directory, settings: LdapSettings, mirror: Mirror): Promise<Only> {
  const [users, groups] = watched(settings)
  return {
    users: await scanOne(directory, settings, mirror, users),
    groups: await scanOne(directory, settings, mirror, groups),
  }
}

/** As `scan`, for one of the two searches. An answer that is not proven whole takes nobody away. */
export async function scanOne(
  directory: Directory,
  { ldapBase: base, ldapPageSize: pageSize }: LdapSettings,
  mirror: Mirror,
  { entity, filter, filterKey, idAttribute }: Watched,
): Promise<readonly string[]> {
  const leads = new Set<string>()
  const here = new Set<string>()
  const proof = newProof()
  for await (const entries of readPages(directory, { base, filter, filterKey, pageSize, attributes: [idAttribute] }, proof)) {
    for (const entry of entries) {
      const id = identifier(entry, idAttribute)
      if (id === '') continue
      here.add(id)
      if (mirror.dn(entity, id) !== entry.dn) leads.add(id)
    }
  }
  if (proof.whole) for (const id of mirror.ids(entity)) if (!here.has(id)) leads.add(id)
  return [...leads]
}
