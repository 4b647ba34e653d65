// Profile pictures over REST: own ones, initials for everybody else, and what is refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { User } from '#core/http/user-json.ts'
import { initialsOf } from '../../src/plugins/accounts/initials.ts'
import { adminKey } from '../support/instance.ts'
import { look, pictureFile } from '../support/picture-files.ts'
import { type Rest, startRest } from '../support/rest.ts'
import { sessionOf } from '../support/session.ts'

type Headers = Readonly<Record<string, string>>

let rest: Rest
let adaId: string
let ada: Headers
beforeAll(async () => {
  rest = await startRest()
  adaId = (await rest.ask<User>('POST', '/api/users', { username: 'ada', email: 'ada@example.org', displayName: 'Ada Lovelace' }))
    .body.id
  ada = await sessionOf(rest.instance, adaId)
})
afterAll(() => rest.stop())

const admin = { 'x-api-key': adminKey }
const url = (id: string) => `/api/users/${id}/profile-picture.png`
const picture = async (id = adaId, headers: Headers = {}) => {
  const response = await rest.instance.fetch(url(id), { headers })
  return { response, bytes: new Uint8Array(await response.arrayBuffer()) }
}
async function upload(path: string, headers: Headers, bytes: Uint8Array<ArrayBuffer>, name = 'me.jpg') {
  const body = new FormData()
  body.set('file', new File([bytes], name, { type: 'image/jpeg' }))
  const response = await rest.instance.fetch(path, { method: 'PUT', headers, body })
  const text = await response.text()
  return { status: response.status, code: text === '' ? undefined : (JSON.parse(text) as { code: string }).code }
}

describe('somebody without a picture', () => {
  test('gets initials, the same ones each time, that browsers keep', async () => {
    const { response, bytes } = await picture()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('image/png')
    expect(response.headers.get('cache-control')).toContain('public')
    const seen = await look(bytes)
    expect({ kind: seen.kind, width: seen.width, height: seen.height }).toEqual({ kind: 'png', width: 300, height: 300 })
    const etag = response.headers.get('etag') ?? ''
    expect((await picture()).bytes).toEqual(bytes)
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await picture(adaId, { 'if-none-match': tag })
      expect({ status: again.response.status, size: again.bytes.length }).toEqual({ status: 304, size: 0 })
    }
    expect((await picture(adaId, { 'if-none-match': '"other"' })).response.status).toBe(200)
  })

  test.each([
    ['Ada Lovelace', 'AL'],
    ['émile zola', 'EZ'],
    ['grace.hopper', 'GH'],
    ['Юлия Ёлкина', 'ЮЕ'],
    ['Jean Luc van Damme', 'JD'],
    ['x', 'X'],
    ['7 of 9', '79'],
    ['佐藤 美咲', ''],
    ['', ''],
    ['<script>', ''],
  ])('%j has the initials %j', (name, letters) => {
    expect(initialsOf(name)).toBe(letters)
  })

  test('of a name without letters that can be drawn gets a figure', async () => {
    const { body } = await rest.ask<User>('POST', '/api/users', {
      username: 'misaki',
      email: 'm@example.org',
      displayName: '佐藤 美咲',
    })
    expect((await look((await picture(body.id)).bytes)).width).toBe(300)
  })

  test('who is nobody has no picture', async () => {
    const { response } = await picture('00000000-0000-4000-8000-000000000001')
    expect(response.status).toBe(404)
  })
})

describe('an own picture', () => {
  test('is put up by its owner, shown to everybody, and gone when it is taken down', async () => {
    const before = await picture()
    expect(await upload('/api/users/me/profile-picture', ada, await pictureFile('turned.jpg'))).toEqual({
      status: 204,
      code: undefined,
    })
    const { response, bytes } = await picture()
    expect(response.headers.get('content-type')).toBe('image/jpeg')
    expect(response.headers.get('etag')).not.toBe(before.response.headers.get('etag'))
    const seen = await look(bytes)
    expect([seen.at(0.5, 0.1), seen.at(0.5, 0.9)]).toEqual(['red', 'blue'])
    expect((await rest.askAs(ada, 'DELETE', '/api/users/me/profile-picture')).status).toBe(204)
    expect((await picture()).bytes).toEqual(before.bytes)
  })

  test('is put up and taken down by an administrator, and by nobody else', async () => {
    const path = `/api/users/${adaId}/profile-picture`
    expect(await upload(path, admin, await pictureFile('clear.png'))).toMatchObject({ status: 204 })
    expect((await picture()).response.headers.get('content-type')).toBe('image/png')
    expect(await upload(path, ada, await pictureFile('plain.jpg'))).toEqual({ status: 403, code: 'forbidden' })
    expect(await upload(path, {}, await pictureFile('plain.jpg'))).toEqual({ status: 401, code: 'not_signed_in' })
    expect(await upload('/api/users/me/profile-picture', {}, await pictureFile('plain.jpg'))).toMatchObject({ status: 401 })
    expect((await rest.ask('DELETE', path)).status).toBe(204)
    expect((await picture()).response.headers.get('content-type')).toBe('image/png')
  })

  test('cannot be of somebody without a row', async () => {
    expect(await upload('/api/users/me/profile-picture', admin, await pictureFile('plain.jpg'))).toMatchObject({ status: 404 })
    expect(await upload('/api/users/nobody/profile-picture', admin, await pictureFile('plain.jpg'))).toEqual({
      status: 404,
      code: 'user_not_found',
    })
  })
})

describe('an upload is refused', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
  test.each<[string, () => Promise<Uint8Array<ArrayBuffer>>, number, string]>([
    ['an SVG that calls itself a JPEG', async () => Buffer.from(svg), 415, 'file_type_not_supported'],
    ['a GIF', () => pictureFile('plain.gif'), 415, 'file_type_not_supported'],
    ['a torn PNG', async () => (await pictureFile('plain.png')).subarray(0, 150), 400, 'invalid_image'],
    ['an empty file', async () => new Uint8Array(), 400, 'validation_failed'],
    ['ten megabytes', async () => new Uint8Array(10 * 2 ** 20), 413, 'file_too_large'],
  ])('%s', async (_what, bytes, status, code) => {
    expect(await upload(`/api/users/${adaId}/profile-picture`, admin, await bytes())).toEqual({ status, code })
    expect((await picture()).response.headers.get('content-type')).toBe('image/png')
  })

  test('that is no form', async () => {
    for (const headers of [{}, { 'content-type': 'multipart/form-data; boundary=x' }, { 'content-type': 'image/jpeg' }]) {
      const path = `/api/users/${adaId}/profile-picture`
      const response = await rest.instance.asAdmin(path, { method: 'PUT', headers, body: 'nothing of the kind' })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ code: 'validation_failed', details: { fields: [{ field: 'file' }] } })
    }
  })
})
