// Whoever loses the account by the directory is signed out of the apps too: they hear of it (OpenID Connect Back-Channel Logout 1.0).
import { decodeJwt } from 'jose'
import { afterEach, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { group, person, personDn } from '../../sample/seed.ts'
import { codeFor, redeem, registerApp, signInAgain, tokens } from '../support/apps.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { visit } from '../support/visitor.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

let ldap: OpenLdap
let instance: LdapInstance
let receiver: Receiver
afterEach(async () => {
  await instance?.stop()
  await ldap?.stop()
  await receiver?.stop()
})

const locked = `dn: ${personDn('grace')}\nchangetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n`
const gone = `dn: ${personDn('grace')}\nchangetype: delete\n`
const sync = async (change: string) => {
  await ldap.modify(change)
  expect(await instance.sync()).toMatchObject({ outcome: 'applied' })
}

test.each<[string, string, () => Promise<unknown>]>([
  ['is locked there', 'true', () => sync(locked)],
  ['left, and is kept disabled', 'true', () => sync(gone)],
  ['left, and is removed', 'false', () => sync(gone)],
  [
    'was made by a run that is taken back',
    'true',
    async () => expect((await instance.asAdmin('/api/ldap/runs/1/undo', { method: 'POST' })).status).toBe(200),
  ],
])('whoever %s is signed out everywhere', async (_what, keepsWhoLeft, lose) => {
  receiver = await startReceiver()
  ldap = await startOpenLdap({
    ldif: [...['ada', 'grace'].map((uid) => person({ uid, givenName: uid, sn: 'X' })), group('staff', ['ada', 'grace'])],
  })
  instance = await startLdapInstance({
    ...ldapEnvironment(ldap),
    OUTGOING_NETWORKS: '127.0.0.0/8',
    ...{ LDAP_ADMIN_GROUP_NAME: '', LDAP_SOFT_DELETE_USERS: keepsWhoLeft, LDAP_MAX_REMOVAL_PERCENT: '100' },
  })
  const { id = '' } = (await instance.user('grace')) ?? {}
  const app = await registerApp(instance.ground.db, { backchannelLogoutUri: `${receiver.url}/backchannel` })
  const visitor = visit(instance)
  await signInAgain(instance, id, visitor)
  const set = await tokens(redeem(instance, app, await codeFor(visitor, app)))
  await lose()
  const [call] = await receiver.count(1)
  const token = new URLSearchParams(call?.body ?? '').get('logout_token') ?? ''
  expect(decodeJwt(token)).toMatchObject({ aud: app.id, sub: id, sid: decodeJwt(set.id_token).sid })
  expect((await visitor.get('/api/users/me')).status).toBe(401)
})
