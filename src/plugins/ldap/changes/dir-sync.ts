// What changed in Active Directory, as DirSync tells it (MS-ADTS 3.1.1.3.4.1.3) to an account without the right to replicate.

import type { LdapSettings } from '../check.ts'
import { changeOids, dirSyncRequest, readDirSync } from '../wire/change-controls.ts'
import type { Directory } from '../wire/directory.ts'
import { type Entry, identifier } from '../wire/entry.ts'
import { lostFailure, searchFailure } from '../wire/failures.ts'

const idAttribute = 'objectGUID'
const mostAnswers = 100_000

/** Changes come with the objectGUID alone, beside what changed: entries that we know by other ids could not be told. */
export const tellsByGuid = (settings: LdapSettings): boolean =>
  [settings.ldapAttributeUserUniqueIdentifier, settings.ldapAttributeGroupUniqueIdentifier].every(
    (name) => name.toLowerCase() === idAttribute.toLowerCase(),
  )

/** Ids of what changed since the cookie, whatever it is; without one, of everything. @throws DirectoryFailure */
export async function dirSync(
  directory: Directory,
  base: string,
  since: Uint8Array | undefined,
): Promise<{ readonly ids: ReadonlySet<string>; readonly cookie: Uint8Array }> {
  const ids = new Set<string>()
  const note = (entry: Entry) => {
    const id = identifier(entry, idAttribute)
    if (id !== '') ids.add(id)
  }
  let cookie = since
  // Only who changed in what is asked for is told, and filters may ask for anything. Of what did not change nothing is sent.
  const attributes = since ? ['*', idAttribute] : [idAttribute]
  for (let answers = 0; answers < mostAnswers; answers++) {
    const controls = [{ oid: changeOids.dirSync, value: dirSyncRequest(cookie) }]
    const search = { base, scope: 'sub', filter: '(objectClass=*)', filterKey: 'ldapBase', attributes } as const
    const answer = await directory.ask({ ...search, controls })
    if (answer.code !== 0) throw searchFailure(answer.code, answer.text, 'ldapBase', base)
    const control = answer.controls.get(changeOids.dirSync)
    if (!control) throw lostFailure('the directory left out how far it told changes.')
    for (const entry of answer.entries) note(entry)
    const said = readDirSync(control)
    cookie = said.cookie
    // An answer may be empty and not the last.
    if (!said.more) return { ids, cookie }
  }
  throw lostFailure('the directory does not come to an end with what changed.')
}
