// The instance's own pictures over REST: put up by administrators, drawn anew, seen by everybody.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createImages } from '../../src/plugins/application-images/images.ts'
import { type Instance, startInstance } from '../support/instance.ts'
import { look, pictureFile } from '../support/picture-files.ts'
import { visit } from '../support/visitor.ts'

let instance: Instance
beforeAll(async () => {
  instance = await startInstance({ DISABLE_RATE_LIMITING: 'true' })
})
afterAll(() => instance.stop())

const at = (name: string) => `/api/application-images/${name}`
const svg = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script></svg>'
const ico = '\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0'

async function put(name: string, content: Buffer | string, ask = instance.asAdmin) {
  const body = new FormData()
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content
  body.set('file', new Blob([Uint8Array.from(bytes)]), 'anything.exe')
  return ask(at(name), { method: 'PUT', body })
}
const get = (name: string) => instance.fetch(at(name))
const remove = (name: string) => instance.asAdmin(at(name), { method: 'DELETE' })
const refusal = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code]
const bytesOf = async (answer: Response) => new Uint8Array(await answer.arrayBuffer())
const stored = () => readdirSync(join(instance.folder, 'uploads/application-images'))

describe('a picture of the instance', () => {
  test.each([
    ['logo', 'image/png', 120, 60],
    ['logo?light=false', 'image/png', 120, 60],
    ['favicon', 'image/png', 120, 60],
    ['email', 'image/png', 120, 60],
    ['background', 'image/jpeg', 120, 60],
    ['default-profile-picture', 'image/jpeg', 60, 60],
  ])('%s is drawn anew as %s of %i by %i, is seen by everybody, and goes again', async (name, type, width, height) => {
    expect((await put(name, await pictureFile('plain.jpg'))).status).toBe(204)
    const answer = await get(name)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
    const seen = await look(await bytesOf(answer))
    expect([seen.width, seen.height, seen.at(0.1, 0.5), seen.at(0.9, 0.5)]).toEqual([width, height, 'red', 'blue'])
    const etag = answer.headers.get('etag') ?? ''
    expect((await instance.fetch(at(name), { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await remove(name)).status).toBe(204)
    expect(await refusal(await get(`${name}${name.includes('?') ? '&' : '?'}default=false`))).toEqual([404, 'image_not_found'])
    expect(await refusal(await remove(name))).toEqual([404, 'image_not_found'])
    expect(stored()).toEqual([])
  })

  test('a large one is made smaller, by what it is for', async () => {
    const large = await pictureFile('large.jpg')
    const longest = async (name: string) => {
      await put(name, large)
      const { width, height } = await look(await bytesOf(await get(name)))
      await remove(name)
      return Math.max(width, height)
    }
    expect(await Promise.all(['favicon', 'logo', 'default-profile-picture'].map(longest))).toEqual([192, 512, 300])
  })

  test('replaces the one before, whose file goes', async () => {
    await put('logo', await pictureFile('plain.jpg'))
    const [before] = stored()
    await put('logo', await pictureFile('clear.webp'))
    expect(stored()).toHaveLength(1)
    expect(stored()).not.toEqual([before])
    await put('logo', await pictureFile('clear.webp'))
    expect(stored()).toHaveLength(1)
    await remove('logo')
  })
})

describe('where none was put up', () => {
  test('logo and icon are this server’s own mark; the others are not there', async () => {
    for (const name of ['logo', 'logo?light=false', 'favicon']) {
      const answer = await get(name)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
      expect(await answer.text()).toMatch(/^<svg /)
    }
    for (const name of ['background', 'email', 'default-profile-picture']) expect((await get(name)).status).toBe(404)
  })

  test('the one logo there is serves on pages of the other kind, and in letters', async () => {
    await put('logo', await pictureFile('plain.png'))
    const logo = await bytesOf(await get('logo'))
    expect(await bytesOf(await get('logo?light=false'))).toEqual(logo)
    expect(await bytesOf(await get('email'))).toEqual(logo)
    await put('logo', svg)
    expect((await get('email')).status).toBe(404)
    await remove('logo')
  })
})

describe('a drawing', () => {
  test('is kept as it is, and shown by itself in a sandbox without script', async () => {
    for (const name of ['logo', 'logo?light=false', 'background', 'favicon']) {
      expect((await put(name, svg)).status).toBe(204)
      const answer = await get(name)
      expect(answer.headers.get('content-type')).toBe('image/svg+xml')
      expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*; sandbox$/)
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(await answer.text()).toBe(svg)
      await remove(name)
    }
  })

  test('may be an ICO as icon, and is refused in words where nobody could see it', async () => {
    expect((await put('favicon', ico)).status).toBe(204)
    expect((await get('favicon')).headers.get('content-type')).toBe('image/x-icon')
    await remove('favicon')
    for (const [name, content] of [
      ['email', svg],
      ['default-profile-picture', svg],
      ['logo', ico],
      ['logo', 'MZ'],
      ['logo', '<html><svg>'],
    ] as const)
      expect(await refusal(await put(name, content))).toEqual([415, 'file_type_not_supported'])
    expect(await (await put('email', svg)).json()).toMatchObject({
      error: 'This kind of file is not supported here. Use a PNG, JPEG or WebP picture.',
    })
  })

  test('of more than 512 kB is refused', async () => {
    expect(await refusal(await put('logo', `${svg}${' '.repeat(512 * 1024)}`))).toEqual([413, 'file_too_large'])
  })
})

test('bytes that are no picture are refused: damaged, missing', async () => {
  expect(await refusal(await put('logo', (await pictureFile('plain.png')).subarray(0, 90)))).toEqual([400, 'invalid_image'])
  const nothing = await instance.asAdmin(at('logo'), { method: 'PUT', body: new FormData() })
  expect(await refusal(nothing)).toEqual([400, 'validation_failed'])
})

test('only administrators put up and take down', async () => {
  const ada = await instance.kernel.identity.users.create({ username: 'ada', email: 'ada@example.org' }, null)
  const made = await instance.asAdmin(`/api/users/${ada.id}/one-time-access-token`, { method: 'POST', body: {} })
  const visitor = visit(instance)
  await visitor.post(`/api/one-time-access-token/${((await made.json()) as { token: string }).token}`)
  for (const [ask, expected] of [
    [instance.fetch, [401, 'not_signed_in']],
    [visitor.ask, [403, 'forbidden']],
  ] as const) {
    expect(await refusal(await put('logo', svg, ask))).toEqual(expected)
    expect(await refusal(await ask(at('logo'), { method: 'DELETE' }))).toEqual(expected)
  }
})

test('somebody without a picture has the default one, before initials', async () => {
  const user = await instance.kernel.identity.users.create({ username: 'grace', email: 'grace@example.org' }, null)
  const own = `/api/users/${user.id}/profile-picture.png`
  const initials = await bytesOf(await instance.fetch(own))
  await put('default-profile-picture', await pictureFile('plain.jpg'))
  const seen = await look(await bytesOf(await instance.fetch(own)))
  expect([seen.at(0.1, 0.5), seen.at(0.9, 0.5)]).toEqual(['red', 'blue'])
  await remove('default-profile-picture')
  expect(await bytesOf(await instance.fetch(own))).toEqual(initials)
})

test('a change is noted, with who made it', async () => {
  await put('background', await pictureFile('plain.jpg'))
  await remove('background')
  const noted = async () =>
    ((await (await instance.asAdmin('/api/audit-logs/all')).json()) as { data: { event: string; data: object }[] }).data
  await expect
    .poll(noted)
    .toContainEqual(expect.objectContaining({ event: 'SETTINGS_CHANGED', data: { keys: 'image background' } }))
})

test('what another server put up is seen after a while, without anybody waiting for it', async () => {
  let now = Date.now()
  const server = () => createImages({ ...instance.ground, clock: { now: () => new Date(now) } })
  const [one, other] = await Promise.all([server(), server()])
  await other.put('favicon', Buffer.from(svg), null)
  expect([one, other].map((images) => images.current().has('favicon'))).toEqual([false, true])
  now += 10_001
  await expect.poll(() => one.current().has('favicon')).toBe(true)
  await other.remove('favicon', null)
})
