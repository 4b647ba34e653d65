// The pages of signing in by means of another device, without a browser: what is kept, what is said when it is over.
import { expect, test } from 'vitest'
import { noteClientAddress } from '#core/http/client-address.ts'
import { deviceLoginRows } from '../../src/plugins/device-login/tables.ts'
import { passkeys } from '../../src/plugins/passkey/tables.ts'
import { appUrl, startInstance } from '../support/instance.ts'
import { instance, somebody, starting } from '../support/passkey-people.ts'
import { visit } from '../support/visitor.ts'

starting()

const waitingPath = '/login/alternative/device'
const textOf = async (answer: Response) => (await answer.text()).replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
const codeIn = (text: string) => /\bP[A-Z0-9]{3}-[A-Z0-9]{4}\b/.exec(text)?.[0]

test('a browser that comes again is shown the same code, for as long as it is good', async () => {
  const device = visit(instance)
  const first = await device.get(waitingPath)
  expect(first.status).toBe(200)
  const [cookie = ''] = first.headers.getSetCookie()
  expect(cookie).toMatch(/^device_login=[^;]+; Max-Age=900; Path=\/login\/alternative\/device; HttpOnly; SameSite=Lax$/)
  const code = codeIn(await textOf(first))
  expect(codeIn(await textOf(await device.get(waitingPath)))).toBe(code)
  await instance.ground.db.write((tx) => tx.update(deviceLoginRows).set({ expiresAt: new Date(Date.now() - 1) }))
  expect((await device.get(`${waitingPath}/wait`)).status).toBe(204)
  const over = await device.get(waitingPath)
  expect(over.status).toBe(403)
  expect(await textOf(over)).toContain('That took too long')
  expect(device.cookies.has('device_login')).toBe(false)
  expect(codeIn(await textOf(await device.get(waitingPath)))).not.toBe(code)
})

test('the page in which somebody decides knows codes of devices and of apps apart, and says when one is over', async () => {
  const { visitor } = await somebody()
  const device = visit(instance)
  const code = codeIn(await textOf(await device.get(waitingPath))) ?? ''
  expect(await textOf(await visitor.get(`/device?code=${code}`))).toContain('Is this you?')
  const unknown = await visitor.get('/device?code=PAAAAAAA')
  expect(unknown.status).toBe(400)
  const form = (values: object) => {
    const body = new FormData()
    for (const [name, value] of Object.entries(values)) body.set(name, value)
    return visitor.ask('/device', { method: 'POST', body })
  }
  const unproven = await form({ kind: 'sign-in', code, decision: 'approve' })
  expect(unproven.status).toBe(401)
  expect(await textOf(unproven)).toContain('Confirm with your passkey to let the device in.')
  expect(await textOf(await form({ kind: 'sign-in', code, decision: 'deny' }))).toContain('Turned away')
  const late = await form({ kind: 'sign-in', code, decision: 'deny' })
  expect(late.status).toBe(400)
  expect(await textOf(late)).toContain('This sign-in request is not valid')
  expect(await textOf(await device.get(waitingPath))).toContain('turned away on the other device')
})

test('what asks is named in the language of whoever looks', async () => {
  const { visitor } = await somebody()
  const firefox = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0' }
  const code = codeIn(await textOf(await visit(instance).ask(waitingPath, { headers: firefox })))
  const seenIn = async (language: string) =>
    textOf(await visitor.ask(`/device?code=${code}`, { headers: { 'accept-language': language } }))
  expect(await seenIn('en')).toContain('Firefox on Linux')
  expect(await seenIn('de')).toContain('Firefox unter Linux')
})

test.each([
  ['9.9.9.9', '9.9.9.9', {}, 'Your network'],
  ['9.9.9.9', '9.9.9.10', {}, 'Another network than yours'],
  ['192.168.1.4', '192.168.1.9', {}, 'Your network'],
  ['192.168.1.4', '9.9.9.9', {}, 'Another network than yours'],
  // Behind a proxy that nobody named, or a container's bridge, everybody seems to be at one place.
  ['9.9.9.9', '9.9.9.9', { 'x-forwarded-for': '1.1.1.1' }, undefined],
  ['172.17.0.1', '172.17.0.1', {}, undefined],
  ['127.0.0.1', '127.0.0.1', {}, undefined],
])('of a device at %s somebody at %s is told, with %j: %s', async (device, own, headers, said) => {
  const { visitor } = await somebody()
  const from = (address: string) => (one: Request) => {
    noteClientAddress(one, () => address)
    return instance.kernel.fetch(one)
  }
  const code = codeIn(await textOf(await from(device)(new Request(appUrl + waitingPath)))) ?? ''
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const ask = new Request(`${appUrl}/device?code=${code}`, { headers: { cookie, ...headers } })
  const text = await textOf(await from(own)(ask))
  expect(text).toContain(device)
  expect(/Your network|Another network than yours/.exec(text)?.[0]).toBe(said)
})

test('where there is one other way in, the list of them leads there', async () => {
  const off = await startInstance({ DEVICE_LOGIN_ENABLED: 'false' })
  const answer = await off.fetch('/login/alternative')
  expect(answer.headers.get('location')).toBe('/login/alternative/code')
  expect((await off.fetch(waitingPath)).status).toBe(404)
  await off.stop()
})

test('whoever comes in by a code is in, wherever the home page is', async () => {
  const elsewhere = await startInstance({ HOME_PAGE_URL: 'https://start.example.org/' })
  const user = await elsewhere.kernel.identity.users.create({ username: 'ada', email: 'ada@example.org' }, null)
  const made = await elsewhere.asAdmin(`/api/users/${user.id}/one-time-access-token`, { method: 'POST', body: {} })
  // Somebody without a passkey would be led to adding one.
  const passkey = { id: 'one', userId: user.id, name: 'Key', credentialId: 'one', publicKey: '', counter: 0, transports: [] }
  const more = { aaguid: '', attestationType: 'none', backupEligible: false, backupState: false, createdAt: new Date() }
  await elsewhere.ground.db.write((tx) => tx.insert(passkeys).values({ ...passkey, ...more }))
  const body = new FormData()
  body.set('code', ((await made.json()) as { token: string }).token)
  const visitor = visit(elsewhere)
  const answer = await visitor.ask('/login/alternative/code', { method: 'POST', body })
  expect(answer.status).toBe(200)
  expect(await answer.text()).toContain('url=https://start.example.org/')
  expect(visitor.cookies.has('access_token')).toBe(true)
  await elsewhere.stop()
})
