// Changes of Active Directory, as Samba is one, by DirSync and an account without the right to replicate; a whole run agrees after each.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Memory, peek } from '../../src/plugins/ldap/changes/reading.ts'
import { sync, syncChanges } from '../../src/plugins/ldap/sync.ts'
import { explain } from '../../src/plugins/ldap/tell/explain.ts'
import { changeCount } from '../../src/plugins/ldap/tell/report.ts'
import { type Samba, startSamba } from '../support/samba.ts'
import { accountDn, adGroupDn, domain } from '../support/samba-seed.ts'
import { type Hosted, startHosted } from './hosted.ts'

const run = promisify(execFile)
const signal = () => new AbortController().signal
const written = (dn: string) => `dn:: ${Buffer.from(dn).toString('base64')}`

describe('changes of Active Directory', () => {
  let samba: Samba
  let hosted: Hosted
  const memory: Memory = {}
  beforeAll(async () => {
    samba = await startSamba({ users: 40 })
    hosted = await startHosted({
      ...{ LDAP_URL: samba.ldapsUrl, LDAP_CA_FILE: samba.caFile, UI_CONFIG_DISABLED: 'true' },
      ...{ LDAP_BIND_DN: samba.bindDn, LDAP_BIND_PASSWORD: samba.bindPassword, LDAP_NESTED_GROUPS: 'true' },
      ...{ LDAP_BASE: samba.base, LDAP_PRESET: 'active-directory', LDAP_ADMIN_GROUP_NAME: '_pocket_id_admins' },
    })
    expect(await sync(hosted.host, { signal: signal() }, memory)).toMatchObject({ outcome: 'applied', reasons: [] })
    expect(memory.last?.bookmark.kind).toBe('dirsync')
  })
  afterAll(async () => {
    await hosted?.instance.stop()
    await samba?.stop()
  })

  const changes = () => syncChanges(hosted.host, { signal: signal() }, memory)
  const expectAgreement = async () => {
    const whole = await sync(hosted.host, { signal: signal() })
    expect(whole.changes).toEqual([])
    expect(changeCount(whole)).toBe(0)
  }

  test('where nothing changed there is nothing to do', async () => {
    expect(await peek(hosted.host, signal(), memory)).toBe('nothing')
  })

  test('a value, a lock, a new name and a new place in the tree', async () => {
    await samba.modify(`${written(accountDn(3))}\nchangetype: modify\nreplace: sn\nsn: Changed\n`)
    await samba.modify(`${written(accountDn(4))}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 546\n`)
    await samba.modify(`${written(accountDn(5))}\nchangetype: modrdn\nnewrdn: CN=Renamed\ndeleteoldrdn: 1\n`)
    expect(await changes()).toMatchObject({ outcome: 'applied', scope: 'changes', counts: { disabled: 1 } })
    await expectAgreement()
  })

  test('too many wrong passwords shut out for as long as the domain says, and no longer', async () => {
    const policy = (name: string, value: string) =>
      samba.modify(`dn: ${domain}\nchangetype: modify\nreplace: ${name}\n${name}: ${value}\n`)
    const isOut = async () => {
      const [row] = await hosted.host.db.read.all<{ out: number }>(
        sql`select source_disabled as out from users where source_entry = ${accountDn(6)}`,
      )
      return row?.out
    }
    await policy('lockoutThreshold', '3')
    await policy('lockoutDuration', '-18000000000')
    for (let wrong = 0; wrong < 4; wrong++)
      await run('ldapwhoami', ['-x', '-H', samba.url, '-D', accountDn(6), '-w', 'wrong']).catch(() => undefined)
    const whole = () => sync(hosted.host, { signal: signal() }, memory)
    expect(await whole()).toMatchObject({ outcome: 'applied', counts: { disabled: 1 } })
    expect(await isOut()).toBe(1)
    const findings = () => explain(hosted.host, { user: accountDn(6) }, signal())
    expect(await findings()).toContainEqual(expect.objectContaining({ about: 'standing', verdict: 'no' }))
    // The entry says lockoutTime as before; by the domain's policy the time is over.
    await policy('lockoutDuration', '-1')
    expect(await whole()).toMatchObject({ outcome: 'applied', counts: { updated: 1, disabled: 0 } })
    expect(await isOut()).toBe(0)
    expect(await findings()).toContainEqual(
      expect.objectContaining({ about: 'standing', verdict: 'note', detail: expect.stringContaining('that time is over') }),
    )
  })

  test('members who join and leave, in nested groups too', async () => {
    await samba.modify(
      `dn: ${adGroupDn('nested-c')}\nchangetype: modify\nadd: member\nmember:: ${Buffer.from(accountDn(20)).toString('base64')}\n`,
    )
    expect(await changes()).toMatchObject({ outcome: 'applied', scope: 'changes', counts: { membersAdded: 3 } })
    await expectAgreement()
    await samba.modify(
      `dn: ${adGroupDn('nested-c')}\nchangetype: modify\ndelete: member\nmember:: ${Buffer.from(accountDn(20)).toString('base64')}\n`,
    )
    expect(await changes()).toMatchObject({ outcome: 'applied', scope: 'changes', counts: { membersRemoved: 3 } })
    await expectAgreement()
  })
})
