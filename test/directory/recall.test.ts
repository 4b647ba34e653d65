// An entry that is still the same, byte for byte, is not decoded again in the next whole reading; what comes out is the same all the same.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { entry, personDn, userName } from '../../sample/seed.ts'
import { gather } from '../../src/plugins/ldap/read/collect.ts'
import { rawAttributes } from '../../src/plugins/ldap/read/map.ts'
import { Recall } from '../../src/plugins/ldap/read/recall.ts'
import { openDirectory } from '../../src/plugins/ldap/wire/directory.ts'
import { type Hosted, startHosted } from './hosted.ts'
import { ldapEnvironment } from './ldap-instance.ts'

const people = 150
const day = 86_400_000
const today = Math.floor(Date.now() / day)
/** Whose account ends tomorrow. */
const guest = entry(personDn('guest'), {
  ...{ objectClass: ['inetOrgPerson', 'shadowAccount'], uid: 'guest', cn: 'Guest', sn: 'Guest', givenName: 'G' },
  ...{ mail: 'guest@example.org', shadowExpire: String(today + 1) },
})

let ldap: OpenLdap
let hosted: Hosted
beforeAll(async () => {
  ldap = await startOpenLdap({ users: people, ldif: guest })
  hosted = await startHosted(ldapEnvironment(ldap))
})
afterAll(async () => {
  await hosted?.instance.stop()
  await ldap?.stop()
})

/** Reads everything. @param stored digests our rows have, by external id */
async function read(recall: Recall | undefined, stored: ReadonlyMap<string, string | undefined>, now = new Date()) {
  const { settings, core } = hosted.host
  const mapped: string[] = []
  const known = {
    digestOf: ({ profile, externalId }: { profile: object; externalId: string }) => {
      mapped.push(externalId)
      return JSON.stringify(profile)
    },
    held: ({ externalId }: { externalId: string }) => ({ externalId, digest: stored.get(externalId) ?? null }),
  }
  const directory = await openDirectory(settings, rawAttributes(settings), new AbortController().signal)
  try {
    const { users, people, groups, claimed, skipped, warnings, proof, index } = await gather(
      directory,
      { settings, requireEmail: core.requireUserEmail, now },
      known,
      recall,
    )
    const wanted = [...users.entries()].map(([, { externalId, dn, shutOut, digest, profile }]) => ({
      ...{ externalId, dn, shutOut, digest, profile },
    }))
    const remembered = [...people.entries()].map(([, { externalId, names, lacking, digest }]) => ({
      ...{ externalId, names, lacking, digest },
    }))
    // The numbers of names are any; whom they mean is the same.
    const listed = groups.map((group) => ({ ...group, members: [...group.members].map(index.place) }))
    const found = wanted.map(({ dn }) => index.find(dn))
    return { mapped, result: { users: wanted, remembered, groups: listed, claimed, skipped, warnings, proof, found } }
  } finally {
    await directory.close()
  }
}

test('what is recalled is what would have been read', async () => {
  const first = new Recall('', false, undefined)
  const { result } = await read(first, new Map())
  const stored = new Map(result.users.map(({ externalId, digest }) => [externalId, digest]))

  const second = new Recall('', false, first.now)
  const again = await read(second, stored)
  expect(again.result).toEqual((await read(undefined, stored)).result)
  // The clock decides about the guest, so that entry is looked at each time.
  expect(again.mapped).toHaveLength(1)

  await ldap.modify(`dn: ${personDn(userName(7))}\nchangetype: modify\nreplace: sn\nsn: Newname\n`)
  stored.delete(result.users[3]?.externalId ?? '')
  const third = new Recall('', false, second.now)
  const changed = await read(third, stored)
  expect(changed.result).toEqual((await read(undefined, stored)).result)
  // Also the one that changed, and the one that is not stored here as it is there.
  expect(changed.mapped).toHaveLength(3)

  const tomorrow = await read(new Recall('', false, third.now), stored, new Date((today + 2) * day))
  expect(tomorrow.result.users.filter(({ shutOut }) => shutOut).map(({ dn }) => dn)).toEqual([personDn('guest')])
})

test('nothing is recalled that was made under other rules', async () => {
  const first = new Recall('e-mail required', false, undefined)
  const { result } = await read(first, new Map())
  const stored = new Map(result.users.map(({ externalId, digest }) => [externalId, digest]))
  expect((await read(new Recall('no e-mail required', false, first.now), stored)).mapped).toHaveLength(people + 1)
})
