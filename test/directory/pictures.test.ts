// Pictures out of a real slapd: as bytes, in base64, from addresses; good ones, bad ones, and what stays as it is.
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../../sample/openldap.ts'
import { type Person, person, personDn } from '../../sample/seed.ts'
import type { SyncReport } from '../../src/plugins/ldap/tell/report.ts'
import { look, pictureFile } from '../support/picture-files.ts'
import { type LdapInstance, ldapEnvironment, startLdapInstance } from './ldap-instance.ts'

let ldap: OpenLdap
let instance: LdapInstance
const names = ['ada', 'grace', 'hedy', 'joan']
const somebody = (uid: string, rest: Partial<Person> = {}) => person({ uid, givenName: uid, sn: 'Example', ...rest })

async function start(people: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  ldap = await startOpenLdap({ ldif: people })
  instance = await startLdapInstance({ ...ldapEnvironment(ldap), LDAP_ADMIN_GROUP_NAME: '', ...pictures, ...environment })
}
const pictures = { LDAP_ATTRIBUTE_USER_PROFILE_PICTURE: 'jpegPhoto' }
const stop = async () => {
  await instance?.stop()
  await ldap?.stop()
}
const change = (uid: string, ...lines: string[]) =>
  ldap.modify([`dn: ${personDn(uid)}`, 'changetype: modify', ...lines, ''].join('\n'))
const put = (uid: string, bytes: Buffer) => change(uid, 'replace: jpegPhoto', `jpegPhoto:: ${bytes.toString('base64')}`)
const idOf = async (uid: string) => (await instance.user(uid))!.id

/** What people see: initials, or where the halves of the picture lie. */
async function shown(uid: string) {
  const response = await instance.fetch(`/api/users/${await idOf(uid)}/profile-picture.png`)
  const seen = await look(new Uint8Array(await response.arrayBuffer()))
  const sides = [seen.at(0.1, 0.5), seen.at(0.9, 0.5)].join(' ')
  return sides === 'red blue'
    ? 'from left to right'
    : [seen.at(0.5, 0.1), seen.at(0.5, 0.9)].join(' ') === 'red blue'
      ? 'from top to bottom'
      : 'initials'
}
const etag = async (uid: string) =>
  (await instance.fetch(`/api/users/${await idOf(uid)}/profile-picture.png`)).headers.get('etag')

describe('pictures in an attribute', () => {
  beforeAll(async () => {
    const base64 = Buffer.from((await pictureFile('plain.png')).toString('base64'))
    await start([
      somebody('ada', { jpegPhoto: await pictureFile('plain.jpg') }),
      somebody('grace', { jpegPhoto: base64 }),
      somebody('hedy', { jpegPhoto: await pictureFile('turned.jpg') }),
      somebody('joan'),
    ])
  })
  afterAll(stop)

  test('are there after the first run, as bytes and in base64', async () => {
    expect(await Promise.all(names.map(shown))).toEqual([
      'from left to right',
      'from left to right',
      'from top to bottom',
      'initials',
    ])
  })

  test('are not touched by a run while the directory’s bytes are the same, though the entry changed', async () => {
    const files = () => instance.ground.files.list('profile-pictures')
    const before = { etag: await etag('ada'), files: await files() }
    await change('ada', 'replace: sn', 'sn: Byron')
    const report = await instance.sync()
    expect(report).toMatchObject({ counts: { updated: 1 }, warnings: [] })
    expect(report.pictures).toBeUndefined()
    expect({ etag: await etag('ada'), files: await files() }).toEqual(before)
  })

  test('follow the directory: another one, a first one, none any more', async () => {
    await put('ada', await pictureFile('turned.jpg'))
    await put('joan', await pictureFile('plain.webp'))
    await change('hedy', 'delete: jpegPhoto')
    const report = await instance.sync()
    expect(report).toMatchObject({ pictures: { changed: 2, removed: 1 }, warnings: [] })
    expect(await Promise.all(names.map(shown))).toEqual([
      'from top to bottom',
      'from left to right',
      'initials',
      'from left to right',
    ])
    expect(await instance.ground.files.list('profile-pictures')).toHaveLength(3)
  })

  test('come second to an own picture, until that is taken down', async () => {
    const body = new FormData()
    body.set('file', new File([await pictureFile('turned.jpg')], 'me.jpg'))
    const path = `/api/users/${await idOf('grace')}/profile-picture`
    expect((await instance.asAdmin(path, { method: 'PUT', body })).status).toBe(204)
    expect(await shown('grace')).toBe('from top to bottom')
    await put('grace', await pictureFile('progressive.jpg'))
    expect(await instance.sync()).toMatchObject({ pictures: { changed: 1 } })
    expect(await shown('grace')).toBe('from top to bottom')
    await instance.asAdmin(path, { method: 'DELETE' })
    expect(await shown('grace')).toBe('from left to right')
  })
})

describe('a picture that is none', () => {
  beforeAll(async () => {
    await start([
      somebody('ada', { jpegPhoto: await pictureFile('plain.jpg') }),
      somebody('grace'),
      somebody('hedy'),
      somebody('joan'),
    ])
  })
  afterAll(stop)

  test('is a warning with the DN and the reason; the run and everybody else go on', async () => {
    const bomb = await pictureFile('plain.png')
    bomb.writeUInt32BE(60_000, 16)
    bomb.writeUInt32BE(60_000, 20)
    await put('ada', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'))
    await put('grace', (await pictureFile('plain.png')).subarray(0, 150))
    await put('hedy', bomb)
    await put('joan', await pictureFile('plain.jpg'))
    await change('joan', 'replace: givenName', 'givenName: Joan')
    const report = await instance.sync()
    expect(report).toMatchObject({ outcome: 'applied', counts: { updated: 1 }, pictures: { changed: 1 } })
    const said = (uid: string) => report.warnings.find((warning) => warning.includes(personDn(uid)))
    expect(said('ada')).toMatch(
      /^LDAP_ATTRIBUTE_USER_PROFILE_PICTURE: the picture of .* cannot be used: it is not a JPEG, PNG or WebP picture\.$/,
    )
    expect(said('grace')).toContain('the PNG cannot be read')
    expect(said('hedy')).toContain('60000 × 60000 pixels')
    expect(report.warnings).toHaveLength(3)
    expect(await Promise.all(names.map(shown))).toEqual(['from left to right', 'initials', 'initials', 'from left to right'])
  })

  test('is said again by the next run, until it is mended', async () => {
    expect((await instance.sync()).warnings).toHaveLength(3)
    await put('ada', await pictureFile('turned.jpg'))
    await change('grace', 'delete: jpegPhoto')
    await put('hedy', await pictureFile('plain.png'))
    expect(await instance.sync()).toMatchObject({ warnings: [], pictures: { changed: 2, removed: 0 } })
    expect(await Promise.all(names.map(shown))).toEqual([
      'from top to bottom',
      'initials',
      'from left to right',
      'from left to right',
    ])
  })
})

describe('a picture too large for an answer', () => {
  afterAll(stop)

  test('ends the connection, and the others are still looked at', async () => {
    const people = ['ada', 'grace', 'joan'].map(async (uid) => somebody(uid, { jpegPhoto: await pictureFile('plain.jpg') }))
    await start([somebody('hedy', { jpegPhoto: Buffer.alloc(26 * 1024 * 1024, 1) }), ...(await Promise.all(people))])
    expect(await Promise.all(names.map(shown))).toEqual([
      'from left to right',
      'from left to right',
      'initials',
      'from left to right',
    ])
    const report = await instance.sync()
    expect(report).toMatchObject({ outcome: 'applied', warnings: [expect.stringContaining(personDn('hedy'))] })
  })
})

describe('with the setting emptied', () => {
  afterAll(stop)

  test('pictures of the directory go, own ones stay', async () => {
    await start([somebody('ada', { jpegPhoto: await pictureFile('plain.jpg') })], {
      UI_CONFIG_DISABLED: 'false',
      LDAP_ATTRIBUTE_USER_PROFILE_PICTURE: '',
    })
    const configure = (value: string) =>
      instance.asAdmin('/api/application-configuration', { method: 'PUT', body: { ldapAttributeUserProfilePicture: value } })
    expect(await shown('ada')).toBe('initials')
    await configure('jpegPhoto')
    await instance.sync()
    expect(await shown('ada')).toBe('from left to right')
    await configure('')
    // Saved settings start a run of their own, which may be the one that takes the picture away.
    await instance.sync()
    const { data } = (await (await instance.asAdmin('/api/ldap/runs')).json()) as { data: { report: SyncReport }[] }
    expect(data.map(({ report }) => report.pictures?.removed ?? 0)).toContain(1)
    expect(await shown('ada')).toBe('initials')
  })
})

describe('addresses of pictures', () => {
  let server: Server
  let asked: string[]
  let place: string
  beforeAll(async () => {
    const picture = await pictureFile('plain.jpg')
    asked = []
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      if (request.url === '/gone.jpg') response.writeHead(404).end()
      else if (request.url === '/moved.jpg') response.writeHead(302, { location: '/picture.jpg' }).end()
      else if (request.url === '/endless.jpg') response.end(Buffer.alloc(9 * 1024 * 1024))
      else response.end(picture)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    place = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  })
  afterAll(async () => {
    await stop()
    await new Promise((resolve) => server.close(resolve))
  })

  const people = () => [
    somebody('ada', { jpegPhoto: Buffer.from(`http://${place}/picture.jpg`) }),
    somebody('grace', { jpegPhoto: Buffer.from(`http://${place}/gone.jpg`) }),
    somebody('hedy', { jpegPhoto: Buffer.from(`http://${place}/moved.jpg`) }),
    somebody('joan', { jpegPhoto: Buffer.from(`http://${place}/endless.jpg`) }),
  ]

  test('are not asked while no host is allowed', async () => {
    await start(people())
    const report = await instance.sync()
    expect(report.warnings).toHaveLength(4)
    expect(report.warnings[0]).toContain('its host is not in LDAP_PICTURE_HOSTS')
    expect(asked).toEqual([])
    await stop()
  })

  test('are not asked on this machine, though the host is allowed', async () => {
    await start(people(), { LDAP_PICTURE_HOSTS: place })
    const report = await instance.sync()
    expect(report.warnings.find((warning) => warning.includes(personDn('ada')))).toContain('this machine or its own network')
    expect(asked).toEqual([])
    await stop()
  })

  test('are fetched from an allowed host; a redirect, an error and an endless answer are warnings', async () => {
    await start(people(), { LDAP_PICTURE_HOSTS: place, OUTGOING_NETWORKS: '127.0.0.0/8' })
    expect(await shown('ada')).toBe('from left to right')
    const report = await instance.sync()
    const said = (uid: string) => report.warnings.find((warning) => warning.includes(personDn(uid)))
    expect(said('grace')).toContain('its address answers 404')
    expect(said('hedy')).toContain('redirects')
    expect(said('joan')).toContain('larger than')
    expect(report.warnings).toHaveLength(3)
    expect(asked.filter((url) => url === '/picture.jpg')).toHaveLength(1)
  })
})

describe('kept in the database', () => {
  afterAll(stop)

  test('pictures leave no file behind', async () => {
    await start([somebody('ada', { jpegPhoto: await pictureFile('plain.jpg') })], { FILE_BACKEND: 'database' })
    expect(await shown('ada')).toBe('from left to right')
    const { existsSync } = await import('node:fs')
    expect(existsSync(`${instance.folder}/uploads`)).toBe(false)
  })
})
