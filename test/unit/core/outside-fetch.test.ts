// The door to the outside, tried as an attacker would: every disguise of our own network, names that change, answers that never end.
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { household, isSameNetwork, nearness } from '#core/http/networks.ts'
import { createOutsideFetch } from '#core/http/outside-fetch.ts'

let server: Server
let port: number
const seen: string[] = []
const answers: Record<string, RequestListener> = {
  '/fine': (_request, response) => response.setHeader('content-type', 'application/json').end('{"fine":true}'),
  '/redirect': (_request, response) => response.writeHead(302, { location: '/fine' }).end(),
  '/huge': (_request, response) => response.end('x'.repeat(70_000)),
  '/endless': (_request, response) => {
    const write = () => !response.destroyed && response.write('x'.repeat(16_384), () => setImmediate(write))
    write()
  },
  '/lying': (_request, response) => response.writeHead(200, { 'content-length': '1000000000' }).flushHeaders(),
  '/silent': () => undefined,
  '/dripping': (_request, response) => response.writeHead(200).write('x'),
  '/elsewhere': (_request, response) => response.writeHead(302, { location: 'http://127.0.0.2/fine' }).end(),
  '/round': (_request, response) => response.writeHead(302, { location: '/round' }).end(),
  '/echo': (request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => response.end(`${request.method} ${request.headers.host} ${body}`))
  },
}

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request.url ?? '')
    answers[request.url ?? '']?.(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const fenced = createOutsideFetch({ allowed: [] })
const open = createOutsideFetch({ allowed: ['127.0.0.1'] })
const local = (path: string) => `http://127.0.0.1:${port}${path}`
const administrator = { namedBy: 'administrator' } as const
const stranger = { namedBy: 'stranger' } as const
const refused = expect.objectContaining({ code: 'outside_refused' })

describe('nearness', () => {
  test.each([
    ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '169.254.169.254', '224.0.0.1', '255.255.255.255', '192.0.2.1', '198.18.0.1'],
    ...['::1', '::', 'fe80::1', 'fec0::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::'],
    ...['2001::7f00:1', '2001:db8::1', '100::1', 'no address'],
  ])('%s is near', (address) => expect(nearness(address)).toBe('near'))
  test.each(['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd00::1', '::ffff:10.0.0.1'])(
    '%s is private',
    (address) => expect(nearness(address)).toBe('private'),
  )
  test.each(['1.1.1.1', '172.32.0.1', '9.255.255.255', '2606:4700::1111', '::ffff:1.1.1.1'])('%s is public', (address) =>
    expect(nearness(address)).toBe('public'),
  )
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('%s belongs to %s', (address, expected) => expect(household(address)).toBe(expected))

describe('nobody reaches this machine through it', () => {
  test.each([
    ...['http://127.0.0.1', 'http://localhost', 'http://2130706433', 'http://0x7f.1', 'http://0177.0.0.1', 'http://127.1'],
    ...['http://[::1]', 'http://[::ffff:127.0.0.1]', 'http://[::ffff:7f00:1]', 'http://0.0.0.0', 'http://①②⑦.0.0.1'],
    ...['http://169.254.169.254/latest/meta-data', 'http://[fe80::1]', 'http://LOCALHOST'],
  ])('by %s, whoever names it', async (address) => {
    await expect(fenced(address, administrator)).rejects.toEqual(refused)
    await expect(fenced(address, stranger)).rejects.toEqual(refused)
  })

  test.each(['file:///etc/passwd', 'gopher://1.1.1.1', 'data:text/plain,x', 'nothing', '', 'https://user:pw@example.org/'])(
    'by %s, which is no plain address',
    async (address) => {
      await expect(open(address, administrator)).rejects.toEqual(refused)
    },
  )

  test('by a name that has a public address and a near one', async () => {
    const mixed = createOutsideFetch({ allowed: [], resolve: async () => ['1.1.1.1', '127.0.0.1'] })
    await expect(mixed('https://mixed.example', stranger)).rejects.toEqual(refused)
  })

  test('by a name that changes between look-up and connection: it is looked up once', async () => {
    const before = seen.length
    let asked = 0
    const rebinding = createOutsideFetch({
      allowed: ['127.0.0.1'],
      resolve: async () => [asked++ === 0 ? '127.0.0.1' : '127.0.0.2'],
    })
    const answer = await rebinding(`http://rebinding.example:${port}/echo`, administrator)
    expect(answer.text()).toBe(`GET rebinding.example:${port} `)
    expect({ asked, seen: seen.slice(before) }).toEqual({ asked: 1, seen: ['/echo'] })
  })

  test('and the sentence says what to do, without query or user name', async () => {
    await expect(fenced('http://127.0.0.1/keys?secret=1', administrator)).rejects.toThrow(
      'http://127.0.0.1/keys must not be contacted from here: 127.0.0.1 is this machine or its own network. If it is meant, set OUTGOING_NETWORKS to include it.',
    )
  })
})

describe('a private network', () => {
  const homely = createOutsideFetch({ allowed: [], resolve: async () => ['10.0.0.5'] })
  test('is no place for a stranger to send us', async () => {
    await expect(homely('https://app.home/jwks', stranger)).rejects.toThrow(/10\.0\.0\.5 is on a private network/)
  })
  test('is for an administrator: the connection is tried', async () => {
    const quick = { ...administrator, timeoutMilliseconds: 50 }
    await expect(homely('https://app.home/jwks', quick)).rejects.toMatchObject({ code: 'outside_failed' })
  })
  test('a stranger needs https', async () => {
    const outside = createOutsideFetch({ allowed: [], resolve: async () => ['1.1.1.1'] })
    await expect(outside('http://app.example/jwks', stranger)).rejects.toThrow(/does not begin with https/)
  })
})

describe('an answer', () => {
  test('is read when it is small and there', async () => {
    const answer = await open(local('/fine'), administrator)
    expect({ status: answer.status, contentType: answer.contentType, text: answer.text() }).toEqual({
      status: 200,
      contentType: 'application/json',
      text: '{"fine":true}',
    })
  })
  test('to a post carries the body', async () => {
    const answer = await open(local('/echo'), { ...administrator, method: 'POST', body: 'a=ü' })
    expect(answer.text()).toBe(`POST 127.0.0.1:${port} a=ü`)
  })
  test('that redirects is not followed', async () => {
    const before = seen.length
    await expect(open(local('/redirect'), administrator)).rejects.toThrow(/redirects elsewhere/)
    expect(seen.slice(before)).toEqual(['/redirect'])
  })
  test('that redirects is followed as often as the request says, to places that are judged anew', async () => {
    const following = { ...administrator, redirects: 2 }
    expect((await open(local('/redirect'), following)).text()).toBe('{"fine":true}')
    const before = seen.length
    await expect(open(local('/round'), following)).rejects.toThrow(/redirects elsewhere/)
    expect(seen.slice(before)).toEqual(['/round', '/round', '/round'])
    await expect(open(local('/elsewhere'), following)).rejects.toEqual(refused)
    await expect(open(local('/elsewhere'), following)).rejects.toThrow(/127\.0\.0\.2/)
  })
  test('can be taken part by part, up to the limit, and whoever takes it may say no', async () => {
    let size = 0
    const into = async (parts: AsyncIterable<Buffer>) => {
      for await (const part of parts) size += part.length
    }
    const answer = await open(local('/huge'), { ...administrator, into, maxBytes: 70_000 })
    expect([size, answer.status, answer.body.length]).toEqual([70_000, 200, 0])
    await expect(open(local('/endless'), { ...administrator, into })).rejects.toThrow(/larger than 65536 bytes/)
    const refuse = async () => {
      throw new Error('it is not to my taste')
    }
    await expect(open(local('/endless'), { ...administrator, into: refuse })).rejects.toThrow(
      'could not be read: it is not to my taste.',
    )
  })
  test.each(['/huge', '/endless', '/lying'])('that is too large (%s) is cut off', async (path) => {
    await expect(open(local(path), administrator)).rejects.toThrow(/larger than 65536 bytes/)
  })
  test.each(['/silent', '/dripping'])('that does not come to an end (%s) is not waited for', async (path) => {
    await expect(open(local(path), { ...administrator, timeoutMilliseconds: 100 })).rejects.toThrow(/took too long/)
  })
  test('of a name whose look-up never ends is not waited for', async () => {
    const stuck = createOutsideFetch({ allowed: [], resolve: () => new Promise(() => undefined) })
    await expect(stuck('https://stuck.example', { ...stranger, timeoutMilliseconds: 50 })).rejects.toThrow(/took too long/)
  })
  test('of a port where nobody listens says so', async () => {
    await expect(open('http://127.0.0.1:1/', administrator)).rejects.toThrow('could not be read: ECONNREFUSED.')
  })
})

test.each([
  ['203.0.113.9', '203.0.113.9', true],
  ['203.0.113.9', '203.0.113.10', false],
  ['192.168.1.4', '192.168.1.9', true],
  ['192.168.1.4', '203.0.113.9', false],
  ['2a02:8109:1:2::5', '2a02:8109:1:2:aaaa::1', true],
  ['2a02:8109:1:2::5', '2a02:8109:1:3::5', false],
  ['2a02:8109:1:2::5', '203.0.113.9', false],
])('%s and %s are of one network: %s', (one, other, same) => {
  expect(isSameNetwork(one, other)).toBe(same)
  expect(isSameNetwork(other, one)).toBe(same)
})
