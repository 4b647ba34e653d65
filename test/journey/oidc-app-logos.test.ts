// Logos that apps bring themselves: fetched through the fence while nobody waits, drawn anew, and second to an administrator's choice.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Instance, startInstance } from '../support/instance.ts'
import { look, pictureFile } from '../support/picture-files.ts'
import { type SecureOutsider, startSecureOutsider } from '../support/secure-outsider.ts'

const initialToken = 'an-initial-token-for-tests'
let outsider: SecureOutsider
let instance: Instance

beforeAll(async () => {
  outsider = await startSecureOutsider()
  instance = await startInstance({
    CIMD_URL_ALLOWLIST: JSON.stringify([`${outsider.base}/*`]),
    OUTGOING_NETWORKS: '127.0.0.0/8,::1',
    OIDC_REGISTRATION_ENABLED: 'true',
    OIDC_REGISTRATION_TOKEN: initialToken,
    DISABLE_RATE_LIMITING: 'true',
  })
})
afterAll(async () => {
  await instance.stop()
  outsider.stop()
})

let made = 0
const pathOf = (id: string) => `/api/oidc/clients/${encodeURIComponent(id)}`
const logoOf = (id: string) => instance.fetch(`${pathOf(id)}/logo`)
const arrives = (id: string) => expect.poll(async () => (await logoOf(id)).status).toBe(200)

/** Publishes a document whose app has its logo at this path, and has it read. */
async function described(logo: string | undefined, id = `${outsider.base}/app-${++made}`): Promise<string> {
  const logo_uri = logo === undefined ? {} : { logo_uri: outsider.base + logo }
  const redirect_uris = ['https://app.example.org/cb']
  outsider.documents.set(new URL(id).pathname, { client_id: id, redirect_uris, token_endpoint_auth_method: 'none', ...logo_uri })
  // Whoever asks with the id makes the app known; after that an administrator has its document read again.
  const asked = { client_id: id, redirect_uri: 'https://app.example.org/cb', response_type: 'code', scope: 'openid' }
  await instance.fetch(`/authorize?${new URLSearchParams(asked)}`)
  expect((await instance.asAdmin(`${pathOf(id)}/refresh`, { method: 'POST' })).status).toBe(200)
  return id
}

async function register(
  logo_uri: string,
): Promise<{ readonly client_id: string; readonly logo_uri?: string; readonly error?: string }> {
  const body = { redirect_uris: ['https://self.example.org/cb'], client_name: 'Self', logo_uri }
  const headers = { authorization: `Bearer ${initialToken}` }
  return (await (await instance.fetch('/api/oidc/register', { method: 'POST', headers, body })).json()) as never
}

describe('a logo that an app names', () => {
  test('in its document is there in a moment, all of it, as pixels of ours', async () => {
    outsider.documents.set('/turned.jpg', await pictureFile('turned.jpg'))
    const id = await described('/turned.jpg')
    await arrives(id)
    const bytes = Buffer.from(await (await logoOf(id)).arrayBuffer())
    const seen = await look(bytes)
    expect([seen.at(0.5, 0.1), seen.at(0.5, 0.9)]).toEqual(['red', 'blue'])
    expect(bytes.includes('a secret place')).toBe(false)
    expect(await (await instance.asAdmin(pathOf(id))).json()).toMatchObject({ hasLogo: true, clientType: 'cimd' })
  })

  test('at its registration too, and is told back', async () => {
    outsider.documents.set('/plain.png', await pictureFile('plain.png'))
    const { client_id: id, logo_uri } = await register(`${outsider.base}/plain.png`)
    expect(logo_uri).toBe(`${outsider.base}/plain.png`)
    await arrives(id)
  })

  test('is fetched once a day, anew when its address changes, and goes when the app names none any more', async () => {
    for (const name of ['/one.png', '/two.png']) outsider.documents.set(name, await pictureFile('plain.png'))
    const id = await described('/one.png')
    await arrives(id)
    await described('/one.png', id)
    await described('/two.png', id)
    await expect.poll(() => outsider.asked).toContain('/two.png')
    expect(outsider.asked.filter((path) => path === '/one.png')).toHaveLength(1)
    await eventually(async () => {
      // The one before may still be on its way, so the document is read until it counts.
      await described(undefined, id)
      expect((await logoOf(id)).status).toBe(404)
    })
  })

  test('does not replace what an administrator chose', async () => {
    const id = await described(undefined)
    const form = new FormData()
    form.append('file', new File([await pictureFile('clear.png')], 'logo.png', { type: 'image/png' }))
    expect((await instance.asAdmin(`${pathOf(id)}/logo`, { method: 'POST', body: form })).status).toBe(204)
    const chosen = (await logoOf(id)).headers.get('etag')
    outsider.documents.set('/pushy.png', await pictureFile('plain.png'))
    const other = await described('/pushy.png')
    await described('/pushy.png', id)
    await arrives(other)
    expect((await logoOf(id)).headers.get('etag')).toBe(chosen)
  })
})

describe('what is no logo', () => {
  test.each<[string, string, () => Promise<Buffer | string>]>([
    ['a drawing that could hold a script', '/logo.svg', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a page', '/page', async () => '<!doctype html>'],
    ['a picture with its end cut off', '/cut.png', async () => (await pictureFile('plain.png')).subarray(0, 200)],
    ['one that is too large', '/huge.png', async () => Buffer.concat([await pictureFile('plain.png'), Buffer.alloc(2 ** 21)])],
    ['one that is elsewhere', '/elsewhere.png', async () => 'redirect'],
    ['nothing', '/nothing.png', async () => ''],
  ])('%s is not shown, and the app works without', async (_what, path, content) => {
    outsider.documents.set(path, await content())
    const id = await described(path)
    await expect.poll(() => instance.lines.some((line) => line.includes('cannot be used') && line.includes(id))).toBe(true)
    expect((await logoOf(id)).status).toBe(404)
    expect((await instance.asAdmin(pathOf(id))).status).toBe(200)
  })

  test('an address of our own network is not asked, whatever registers it', async () => {
    const fenced = await startInstance({ OIDC_REGISTRATION_ENABLED: 'true', OIDC_REGISTRATION_TOKEN: initialToken })
    const body = { redirect_uris: ['https://self.example.org/cb'], logo_uri: `${outsider.base}/fenced.png` }
    const headers = { authorization: `Bearer ${initialToken}` }
    expect((await fenced.fetch('/api/oidc/register', { method: 'POST', headers, body })).status).toBe(201)
    await expect.poll(() => fenced.lines.join()).toContain('this machine or its own network')
    expect(outsider.asked).not.toContain('/fenced.png')
    await fenced.stop()
  })

  test('an address that is not https is refused at once', async () => {
    for (const wrong of ['http://self.example.org/logo.png', 'javascript:alert(1)', 'data:image/png;base64,AA'])
      expect((await register(wrong)).error).toBe('invalid_client_metadata')
  })
})
