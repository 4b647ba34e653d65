// A directory that misbehaves on the wire: no run believes it, none hangs.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { collect } from '../../src/plugins/ldap/read/collect.ts'
import type { DirectoryLimits } from '../../src/plugins/ldap/wire/directory.ts'
import { DirectoryFailure } from '../../src/plugins/ldap/wire/failures.ts'
import { type LdapInstance, lastRunLine, ldapEnvironment, startLdapInstance } from '../directory/ldap-instance.ts'
import { ldapSettings, open } from '../directory/open.ts'
import {
  type Asked,
  doneMessage,
  entryMessage,
  extendedMessage,
  type FakeDirectory,
  type FakeManners,
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

const small = { entriesPerAnswer: 1_000, answerBytes: 4_000_000 }

/** Reads a fake directory whole, within small limits of size; those of time are a run's own unless a test waits for one. */
async function read(
  reply: (asked: Asked) => Reply,
  environment: Readonly<Record<string, string>> = {},
  manners: FakeManners = {},
  limits: Partial<DirectoryLimits> = {},
) {
  fake = await startFakeDirectory(reply, manners)
  const settings = ldapSettings({ ...ldapEnvironment({ url: fake.url, ...place }), ...environment })
  const directory = await open(settings, { ...small, ...limits })
  try {
    const mapping = { settings, requireEmail: true, now: new Date() }
    return await collect(directory, mapping, { digestOf: () => '', held: () => undefined })
  } finally {
    await directory.close()
  }
}

const users = (pages: (asked: Asked) => Reply) => (asked: Asked) => (asked.what === 'users' ? pages(asked) : healthy(asked))
const names = ({ users: found }: Awaited<ReturnType<typeof read>>) =>
  [...found.entries()].map(([, { profile }]) => profile?.username)

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

  test('an entry that is sent on two pages is one', async () => {
    const pages = ({ id, number }: Asked): Reply =>
      number === 1
        ? [userMessage(id, 'ada'), userMessage(id, 'grace'), doneMessage(id, 0, 'one')]
        : [userMessage(id, 'grace'), doneMessage(id, 0, '')]
    const desired = await read(users(pages))
    expect(names(desired)).toEqual(['ada', 'grace'])
    expect(desired.skipped).toEqual([])
  })
  test('every byte in a packet of its own is read all the same', async () => {
    expect(names(await read(healthy, {}, { trickleMilliseconds: 0 }))).toEqual(['ada', 'grace'])
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

  test('so does one that comes as an extended response, as Samba sends it', async () => {
    const desired = await read(
      users(({ id, paged }) => (paged ? [extendedMessage(id, 12)] : [userMessage(id, 'ada'), doneMessage(id)])),
    )
    expect(names(desired)).toEqual(['ada'])
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
    expect([...desired.users.entries()].map(([, { dn, externalId }]) => ({ dn, externalId }))).toEqual([
      { dn: 'uid=ada,dc=example,dc=org', externalId: 'id-ada' },
    ])
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
    const [[, user] = []] = [...(await read(users(bytes))).users.entries()]
    expect(user?.externalId).toBe('00112233-4455-6677-8899-aabbccddeeff')
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

const silent = 'the directory falls silent'
const faults: readonly (readonly [string, (asked: Asked) => Reply, RegExp])[] = [
  ['it is reset half-way', secondPage(() => 'reset'), /LDAP_URL: the connection to the directory broke \(read ECONNRESET\)/],
  [
    'every page is empty and has a new cookie',
    ({ id, number }) => [doneMessage(id, 0, `cookie-${number}`)],
    /goes round in circles: 501 pages on end were empty/,
  ],
  [
    'entries without end',
    ({ id }) => Array.from({ length: 1_001 }, (_, at) => userMessage(id, `u${at}`)),
    /LDAP_BASE: the directory sent more than 1000 entries at once/,
  ],
  [
    'values without end',
    ({ id }) => Array.from({ length: 20 }, (_, at) => userMessage(id, `u${at}${'x'.repeat(100_000)}`)),
    /LDAP_BASE: the directory sent more than 4 MiB at once/,
  ],
  [
    'unavailable',
    ({ id }) => [doneMessage(id, 52)],
    /LDAP_URL: the directory is busy or shutting down\. The next run tries again/,
  ],
  ['an answer of another kind', ({ id }) => [extendedMessage(id)], /an answer of another kind than was asked for/],
  [
    'the connection is lost between pages',
    secondPage(() => 'close'),
    /LDAP_URL: the directory closed the connection in the middle/,
  ],
  [silent, secondPage(() => 'silence'), /LDAP_URL: the directory said nothing/],
  ['it closes at the first question', () => 'close', /LDAP_URL: the directory closed the connection/],
  ['the same cookie comes again and again', ({ id }) => [doneMessage(id, 0, 'same')], /goes round in circles/],
  ['a message claims two gigabytes', () => [huge], /not valid LDAP/],
  ['a length inside is wrong', () => [malformedSet], /not valid LDAP/],
  ['something that is not LDAP', () => [Buffer.from('HTTP/1.1 400 Bad Request\r\n')], /not valid LDAP/],
  ['a wrong message id', ({ id }) => [doneMessage(id + 7, 0, '')], /answered a question that was not asked/],
  ['a notice of disconnection', () => [noticeOfDisconnection()], /ended the connection .*going down/],
  [
    'an administrative limit in the middle (389 would begin anew under the old cookie)',
    secondPage(({ id }) => [doneMessage(id, 11)]),
    /LDAP_PAGE_SIZE: the directory’s administrative limit is met/,
  ],
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
  test.each(faults)('%s', async (what, pages, sentence) => {
    const failure = await read(users(pages), {}, {}, what === silent ? { silenceMilliseconds: 500 } : {}).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(DirectoryFailure)
    expect((failure as Error).message).toMatch(sentence)
  })

  test('a byte now and then, for longer than an answer may take', async () => {
    await expect(read(healthy, {}, { trickleMilliseconds: 20 }, { answerMilliseconds: 2_500 })).rejects.toThrow(
      /^LDAP_URL: one answer of the directory took longer than 2\.5 seconds\. Nothing was changed; the next run tries again\.$/,
    )
  })
})

describe('after each of these faults nobody is lost or disabled, and the next run is clean', () => {
  let now: ((asked: Asked) => Reply) | undefined
  let ill: FakeDirectory
  let instance: LdapInstance
  let before: string
  beforeAll(async () => {
    ill = await startFakeDirectory((asked) => (now && asked.what === 'users' ? now(asked) : healthy(asked)))
    instance = await startLdapInstance({ ...ldapEnvironment({ url: ill.url, ...place }), LDAP_ADMIN_GROUP_NAME: '' })
    expect(lastRunLine(instance)).toMatch(/users=2/)
    before = await instance.rows()
  })
  afterAll(async () => {
    await instance?.stop()
    await ill?.stop()
  })
  // These take a run's own patience, half a minute, or its own limits, which are far.
  const patient = [silent, 'entries without end', 'values without end']

  test.each(faults.filter(([what]) => !patient.includes(what)))('%s', async (_what, pages, sentence) => {
    now = pages
    const report = await instance.sync()
    expect(report).toMatchObject({ outcome: 'failed', reasons: [expect.stringMatching(sentence)] })
    expect(await instance.rows()).toBe(before)
    now = undefined
    expect(await instance.sync()).toMatchObject({ outcome: 'applied', counts: { updated: 0, disabled: 0 } })
    expect(await instance.rows()).toBe(before)
  })
})
