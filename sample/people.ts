// A small company: the directory that `npm run demo` shows.
import { group, type Person, person } from './seed.ts'

const people: readonly Person[] = [
  { uid: 'ada', givenName: 'Ada', sn: 'Lovelace' },
  { uid: 'grace', givenName: 'Grace', sn: 'Hopper' },
  { uid: 'alan', givenName: 'Alan', sn: 'Turing' },
  { uid: 'hedy', givenName: 'Hedy', sn: 'Lamarr' },
  { uid: 'edsger', givenName: 'Edsger', sn: 'Dijkstra' },
  { uid: 'emmy', givenName: 'Emmy', sn: 'Noether' },
  { uid: 'radia', givenName: 'Radia', sn: 'Perlman' },
  { uid: 'soren', givenName: 'Søren', sn: 'Kierkegaard' },
]

/** The one who becomes the administrator. */
export const administrator = 'ada'

/** Everybody and their groups, as LDIF. */
export function* company(): Generator<string> {
  for (const one of people) yield person(one)
  yield group('_pocket_id_admins', [administrator])
  yield group('engineering', ['ada', 'grace', 'alan', 'radia'])
  yield group('research', ['emmy', 'edsger', 'hedy'])
  yield group(
    'everybody',
    people.map(({ uid }) => uid),
  )
}
