// Letters and sign-up beside a directory: an address proven here stays proven as long as the directory says the same one; nobody signs up into its groups.
import { afterEach, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { group, person, personDn } from '../../sample/seed.ts'
import { arrived } from '../support/letters.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { sessionOf } from '../support/session.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

let ldap: OpenLdap
let post: MailServer
let instance: LdapInstance
afterEach(async () => {
  await instance?.stop()
  await post?.stop()
  await ldap?.stop()
})

async function start(more: Readonly<Record<string, string>> = {}): Promise<string> {
  ldap = await startOpenLdap({ ldif: [person({ uid: 'ada', givenName: 'Ada', sn: 'Lovelace' }), group('staff', ['ada'])] })
  post = await startMailServer()
  const mail = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(post.port), EMAIL_VERIFICATION_ENABLED: 'true' }
  instance = await startLdapInstance({ ...ldapEnvironment(ldap), ...mail, ...more })
  return (await instance.user('ada'))?.id ?? ''
}
const isVerified = async () =>
  (await instance.user('ada')) as unknown as { readonly emailVerified: boolean; readonly email: string }
const move = (mail: string) => ldap.modify(`dn: ${personDn('ada')}\nchangetype: modify\nreplace: mail\nmail: ${mail}\n`)

test('an address is proven by its owner although the directory owns the field, and the next sync changes nothing', async () => {
  const id = await start()
  const headers = await sessionOf(instance, id)
  const send = () => instance.fetch('/api/users/me/send-email-verification', { method: 'POST', headers })
  expect((await send()).status).toBe(204)
  const [letter] = await arrived(post, 1)
  expect(letter?.to).toEqual(['ada@example.org'])
  const token = /verify-email\?token=([\w-]+)/.exec(letter?.mail.text ?? '')?.[1]
  const verify = await instance.fetch('/api/users/me/verify-email', { method: 'POST', headers, body: { token } })
  expect(verify.status).toBe(204)
  expect(await isVerified()).toMatchObject({ emailVerified: true })
  expect((await instance.sync()).counts).toMatchObject({ updated: 0, created: 0 })
  expect(await isVerified()).toMatchObject({ emailVerified: true })
  const settled = await instance.rows()
  await instance.sync()
  expect(await instance.rows()).toBe(settled)

  await move('lovelace@example.org')
  await instance.sync()
  expect(await isVerified()).toMatchObject({ email: 'lovelace@example.org', emailVerified: false })
  // The administrators of the directory changed it, so no letter goes out by itself; its owner asks for one.
  expect((await send()).status).toBe(204)
  const letters = await arrived(post, 2)
  expect(letters[1]?.to).toEqual(['lovelace@example.org'])
})

test('nobody signs up into a group of the directory: its members are said there', async () => {
  await start({ ALLOW_USER_SIGNUPS: 'open', UI_CONFIG_DISABLED: 'false' })
  const { data } = (await (await instance.asAdmin('/api/user-groups')).json()) as { data: { id: string }[] }
  const groupIds = data.map(({ id }) => id)
  expect(groupIds).toHaveLength(1)
  const body = { ttl: '1h', usageLimit: 1, userGroupIds: groupIds }
  const answer = await instance.asAdmin('/api/signup-tokens', { method: 'POST', body })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({
    details: { fields: [{ field: 'userGroupIds', message: expect.stringContaining('come from a directory') }] },
  })
  const defaults = { signupDefaultUserGroupIDs: JSON.stringify(groupIds) }
  expect((await instance.asAdmin('/api/application-configuration', { method: 'PUT', body: defaults })).status).toBe(200)
  const person = { username: 'grace', email: 'grace@example.org', firstName: 'Grace' }
  const made = await instance.fetch('/api/signup', { method: 'POST', body: person })
  expect(made.status).toBe(201)
  expect(await made.json()).toMatchObject({ userGroups: [], source: null })
  expect((await instance.groups()).staff).toEqual(['ada'])
})
