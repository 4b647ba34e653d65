// A directory that misbehaves on the wire: no run believes it, none hangs.
import { afterEach, describe, expect, test } from 'vitest'
import { pick } from '#core/kernel/host.ts'
import { resolve } from '#core/settings/resolve.ts'
import { collect } from '../../src/plugins/ldap/collect.ts'
import { defaultLimits, openDirectory } from '../../src/plugins/ldap/directory.ts'
import { DirectoryFailure } from '../../src/plugins/ldap/failures.ts'
import { rawAttributes } from '../../src/plugins/ldap/map.ts'
import { settings as table } from '../../src/plugins/ldap/settings.ts'
import { lastRunLine, ldapEnvironment, startLdapInstance } from '../directory/ldap-instance.ts'
import {
  type Asked,
  doneMessage,
  entryMessage,
  type FakeDirectory,
  groupMessage,
  healthy,
  intermediateResponse,
  noticeOfDisconnection,
  type Reply,
  startFakeDirectory,
  userMessage,
} from './fake-directory.ts'

let fake: FakeDirectory | undefined
afterEach(async () => {
  await fake?.stop()
  fake = undefined
})

const place = { base: 'dc=example,dc=org', bindDn: 'cn=reader', bindPassword: 'secret of the test' }

/** Reads a fake directory whole, with little patience. */
async function read(reply: (asked: Asked) => Reply, environment: Readonly<Record<string, string>> = {}, oneByOne = false) {
  fake = await startFakeDirectory(reply, oneByOne)
  const all = { ...ldapEnvironment({ url: fake.url, ...place }), ...environment }
  const settings = pick(table, resolve(table, { environment: all, files: {}, stored: {} }, false).settings)
  const limits = { ...defaultLimits, silenceMilliseconds: 300 }
  const directory = await openDirectory(settings, rawAttributes(settings), new AbortController().signal, limits)
  try {
    const mapping = { settings, requireEmail: true, now: new Date() }
    return await collect(directory, mapping, { digestOf: () => '', heldDigest: () => undefined })
  } finally {
    await directory.close()
  }
}

const users = (pages: (asked: Asked) => Reply) => (asked: Asked) => (asked.what === 'users' ? pages(asked) : healthy(asked))
const names = ({ users: found }: Awaited<ReturnType<typeof read>>) => found.map(({ profile }) => profile?.username)

describe('what a directory may do', () => {
  test('an empty page with a cookie is not the end', async () => {
    const pages = ({ id, number }: Asked): Reply =>
      number === 1
        ? [userMessage(id, 'ada'), doneMessage(id, 0, 'one')]
        : number === 2
          ? [doneMessage(id, 0, 'two')]
          : [userMessage(id, 'grace'), doneMessage(id, 0, '')]
    const desired = await read(users(pages))
    expect(names(desired)).toEqual(['ada', 'grace'])
    expect(desired.proof.users).toMatchObject({ pages: 3, whole: true })
  })

  test('every byte in a packet of its own is read all the same', async () => {
    expect(names(await read(healthy, {}, true))).toEqual(['ada', 'grace'])
  })

  test('an administrative limit (11) makes the pages smaller', async () => {
    const desired = await read(users((asked) => (asked.number < 3 ? [doneMessage(asked.id, 11)] : healthy(asked))))
    expect(names(desired)).toEqual(['ada', 'grace'])
    expect(fake?.asked.filter(({ what }) => what === 'users')).toHaveLength(3)
  })

  test('a refused paging control (12) leads to a search without it', async () => {
    const desired = await read(
      users((asked) => (asked.paged ? [doneMessage(asked.id, 12)] : [userMessage(asked.id, 'ada'), doneMessage(asked.id)])),
    )
    expect(names(desired)).toEqual(['ada'])
    expect(desired.proof.users).toMatchObject({ paged: false, whole: true })
  })

  test('exactly one page from a server that ignores paging is no proof that it was all', async () => {
    const ignores = ({ id, what }: Asked): Reply =>
      what === 'users' ? [userMessage(id, 'ada'), doneMessage(id)] : healthy({ id, what, number: 1, paged: true, text: '' })
    const desired = await read(ignores, { LDAP_PAGE_SIZE: '1' })
    expect(desired.proof.users.whole).toBe(false)
  })

  test('a list of members that comes in ranges is followed to its end', async () => {
    const ranges = (asked: Asked): Reply => {
      const { id, what, text } = asked
      if (what === 'groups') return [groupMessage(id, 'staff', ['ada'], 'member;range=0-0'), doneMessage(id, 0, '')]
      if (what === 'users') return healthy(asked)
      const last = text.includes('member;range=1-*')
      return [groupMessage(id, 'staff', ['grace'], last ? 'member;range=1-*' : 'member;range=9-9'), doneMessage(id)]
    }
    expect((await read(ranges)).groups[0]?.members).toEqual([0, 1])
  })

  test('attribute names in another case are the same, and an attribute called dn does not forge the DN', async () => {
    const odd = ({ id }: Asked) => [
      entryMessage(id, 'uid=ada,dc=example,dc=org', {
        ENTRYUUID: ['id-ada'],
        UID: ['ada'],
        Mail: ['ada@example.org'],
        dn: ['uid=evil'],
        sn: ['a'],
        givenname: ['a'],
      }),
      doneMessage(id, 0, ''),
    ]
    const desired = await read(users(odd))
    expect(desired.users).toMatchObject([{ dn: 'uid=ada,dc=example,dc=org', externalId: 'id-ada' }])
  })

  test('an id of bytes is kept in the form Pocket ID stores', async () => {
    const guid = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
    const bytes = ({ id }: Asked) => [
      entryMessage(id, 'cn=ada,dc=example,dc=org', {
        entryUUID: [guid],
        uid: ['ada'],
        mail: ['ada@example.org'],
        sn: ['a'],
        givenName: ['a'],
      }),
      doneMessage(id, 0, ''),
    ]
    expect((await read(users(bytes))).users[0]?.externalId).toBe('00112233-4455-6677-8899-aabbccddeeff')
  })

  test('intermediate responses are passed over', async () => {
    expect(names(await read(users((asked) => [intermediateResponse(asked.id), ...(healthy(asked) as Buffer[])])))).toEqual([
      'ada',
      'grace',
    ])
  })
})

const huge = Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff])
const malformedSet = Buffer.from('301e020165641904' + '0161' + '3014301204016f310d04ff0161040161040161040161', 'hex')
const secondPage = (then: (asked: Asked) => Reply) => (asked: Asked) =>
  asked.number === 1 ? [userMessage(asked.id, 'ada'), doneMessage(asked.id, 0, 'next')] : then(asked)

const faults: readonly (readonly [string, (asked: Asked) => Reply, RegExp])[] = [
  [
    'the connection is lost between pages',
    secondPage(() => 'close'),
    /LDAP_URL: the directory closed the connection in the middle/,
  ],
  ['the directory falls silent', secondPage(() => 'silence'), /LDAP_URL: the directory said nothing/],
  ['it closes at the first question', () => 'close', /LDAP_URL: the directory closed the connection/],
  ['the same cookie comes again and again', ({ id }) => [doneMessage(id, 0, 'same')], /goes round in circles/],
  ['a message claims two gigabytes', () => [huge], /not valid LDAP/],
  ['a length inside is wrong', () => [malformedSet], /not valid LDAP/],
  ['something that is not LDAP', () => [Buffer.from('HTTP/1.1 400 Bad Request\r\n')], /not valid LDAP/],
  ['a wrong message id', ({ id }) => [doneMessage(id + 7, 0, '')], /answered a question that was not asked/],
  ['a notice of disconnection', () => [noticeOfDisconnection()], /ended the connection .*going down/],
  ['busy in the middle', secondPage(({ id }) => [doneMessage(id, 51)]), /busy or shutting down/],
  [
    'a size limit with a part of the entries',
    ({ id }) => [userMessage(id, 'ada'), doneMessage(id, 4)],
    /fewer entries than there are/,
  ],
  ['a time limit', ({ id }) => [doneMessage(id, 3)], /LDAP_USER_SEARCH_FILTER: the directory ran out of its time limit/],
  ['a referral instead of an answer', ({ id }) => [doneMessage(id, 10)], /LDAP_BASE: the directory points to another server/],
  ['no right to search', ({ id }) => [doneMessage(id, 50)], /LDAP_BIND_DN: the directory does not let this account search/],
]

describe('what ends a run with a sentence', () => {
  test.each(faults)('%s', async (_what, pages, sentence) => {
    const failure = await read(users(pages)).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(DirectoryFailure)
    expect((failure as Error).message).toMatch(sentence)
  })

  test('after a run that was cut off nobody is lost, and the next run is clean', async () => {
    let broken = false
    fake = await startFakeDirectory((asked) => {
      const pages = secondPage(({ id }) => (broken ? 'close' : [userMessage(id, 'grace'), doneMessage(id, 0, '')]))
      return asked.what === 'users' ? pages(asked) : healthy(asked)
    })
    const instance = await startLdapInstance({ ...ldapEnvironment({ url: fake.url, ...place }), LDAP_ADMIN_GROUP_NAME: '' })
    try {
      expect(lastRunLine(instance)).toMatch(/users=2/)
      const before = await instance.rows()
      broken = true
      expect(await instance.sync()).toMatchObject({ outcome: 'failed' })
      expect(await instance.rows()).toBe(before)
      broken = false
      expect(await instance.sync()).toMatchObject({ outcome: 'applied', counts: { updated: 0, disabled: 0 } })
      expect(await instance.rows()).toBe(before)
    } finally {
      await instance.stop()
    }
  })
})
