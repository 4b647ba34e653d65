// The application configuration over REST: shown, changed, refused; and what a change does to the running app.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { settings as settingsTable } from '#core/db/tables.ts'
import type { DirectoryRun } from '#core/directory-ports.ts'
import type { User } from '#core/http/user-json.ts'
import { countingPlugin } from '../support/counting-plugin.ts'
import { paperDirectory } from '../support/paper-directory.ts'
import { type Rest, startRest } from '../support/rest.ts'
import { secretPlugin } from '../support/secret-plugin.ts'

interface Variable {
  readonly key: string
  readonly type: string
  readonly value: string
  readonly isPublic?: boolean
}

const path = '/api/application-configuration'
const one = countingPlugin('one')
const two = countingPlugin('two')
const run: { now: Pick<DirectoryRun, 'outcome' | 'summary'> } = { now: { outcome: 'applied', summary: 'Fine.' } }
let rest: Rest
beforeAll(async () => {
  const plugins = [one.plugin, two.plugin, secretPlugin, paperDirectory(() => run.now)]
  rest = await startRest({ SESSION_DURATION: '90' }, plugins)
})
afterAll(() => rest.stop())

const all = async () => (await rest.ask<Variable[]>('GET', `${path}/all`)).body
const held = async (key: string) => (await all()).find((variable) => variable.key === key)?.value
const change = (values: unknown) => rest.ask<Variable[]>('PUT', path, values)
const fieldsOf = ({ body }: Awaited<ReturnType<typeof change>>) =>
  (body as unknown as { details: { fields: readonly { field: string; code: string }[] } }).details.fields

describe('the configuration', () => {
  test('is public where it says so, and tells whether it can be changed', async () => {
    const { status, body } = await rest.askAs<Variable[]>({}, 'GET', path)
    expect(status).toBe(200)
    expect(body).toContainEqual({ key: 'appName', type: 'string', value: 'Pocket ID Edge' })
    expect(body).toContainEqual({ key: 'allowOwnAccountEdit', type: 'boolean', value: 'true' })
    expect(body).toContainEqual({ key: 'uiConfigDisabled', type: 'boolean', value: 'false' })
    expect(body.map(({ key }) => key)).not.toContain('sessionDuration')
  })

  test('is whole for administrators, without what only the environment may say', async () => {
    const keys = (await all()).map(({ key }) => key)
    expect(await all()).toContainEqual({ key: 'sessionDuration', type: 'number', value: '90', isPublic: false })
    expect(await all()).toContainEqual({ key: 'appName', type: 'string', value: 'Pocket ID Edge', isPublic: true })
    for (const key of ['encryptionKey', 'staticApiKey', 'dbConnectionString', 'port']) expect(keys).not.toContain(key)
  })

  test('is nobody else’s', async () => {
    expect(await rest.askAs({}, 'GET', `${path}/all`)).toMatchObject({ status: 401 })
    expect(await rest.askAs({}, 'PUT', path, {})).toMatchObject({ status: 401 })
    expect(await rest.askAs({}, 'POST', `${path}/sync-ldap`)).toMatchObject({ status: 401 })
  })

  test('changes at once, and goes back to the default with an empty text', async () => {
    const answer = await change({ appName: ' Doors ', accentColor: 'teal', unknownKey: 'x' })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual(await all())
    expect(await held('appName')).toBe('Doors')
    await change({ appName: '', accentColor: '' })
    expect(await held('appName')).toBe('Pocket ID Edge')
    expect(await rest.instance.ground.db.read.select().from(settingsTable)).toEqual([])
  })

  test('can be sent back whole, as it came', async () => {
    const same = Object.fromEntries((await all()).map(({ key, value }) => [key, value]))
    const before = { ...one.counts }
    expect((await change(same)).status).toBe(200)
    expect(one.counts).toEqual(before)
    expect(await rest.instance.ground.db.read.select().from(settingsTable)).toEqual([])
  })

  test('with several wrong values is refused with a fault for each, and nothing changes', async () => {
    const answer = await change({ appName: 'x'.repeat(31), requireUserEmail: 'perhaps', accentColor: 'red' })
    expect(answer.status).toBe(400)
    expect(fieldsOf(answer).map(({ field }) => field)).toEqual(['appName', 'requireUserEmail'])
    expect(await held('accentColor')).toBe('default')
  })

  test('takes no values of a wrong kind', async () => {
    expect(fieldsOf(await change({ appName: ['a'] }))).toMatchObject([{ field: 'appName' }])
    expect((await change([])).status).toBe(400)
    expect((await change('{"appName":')).body).toMatchObject({ code: 'invalid_request_body' })
    expect((await change({ disableAnimations: true })).status).toBe(200)
    expect(await held('disableAnimations')).toBe('true')
  })

  test('that the environment sets cannot be changed, and says which variable does it', async () => {
    const answer = await change({ sessionDuration: '30' })
    expect(fieldsOf(answer)).toMatchObject([{ field: 'sessionDuration', code: 'set_by_environment' }])
    expect((answer.body as unknown as { error: string }).error).toContain('SESSION_DURATION')
    expect(await held('sessionDuration')).toBe('90')
  })

  test('keeps secrets to itself: masked outside, sealed inside, kept when the mask comes back', async () => {
    await change({ vaultPassword: 'open sesame' })
    expect(await held('vaultPassword')).toBe('XXXXXXXXXX')
    const sealed = async () =>
      (await rest.instance.ground.db.read.select().from(settingsTable)).find(({ key }) => key === 'vaultPassword')?.value
    const before = await sealed()
    expect(before).toMatch(/^v1\./)
    await change({ vaultPassword: 'XXXXXXXXXX', appName: 'Vault' })
    expect(await sealed()).toBe(before)
    expect(rest.instance.lines.join('\n')).not.toContain('open sesame')
    await change({ vaultPassword: '', appName: '' })
    expect(await held('vaultPassword')).toBe('')
  })
})

describe('a change', () => {
  const word = async (name: string) => (await rest.instance.fetch(`/${name}`)).text()

  test('restarts only the plugins it concerns', async () => {
    const [first, second] = [{ ...one.counts }, { ...two.counts }]
    await change({ oneWord: 'second', appName: 'Restarted' })
    expect(one.counts).toEqual({ started: first.started + 1, stopped: first.stopped + 1 })
    expect(two.counts).toEqual(second)
    expect([await word('one'), await word('two')]).toEqual(['second', 'first'])
  })

  test('that a plugin does not start with leaves the old app serving and stores nothing', async () => {
    await change({ oneWord: 'kept' })
    const stopped = one.counts.stopped
    const answer = await change({ oneWord: 'third', twoWord: 'fail', appName: 'Never' })
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error' } })
    expect([await word('one'), await word('two')]).toEqual(['kept', 'first'])
    expect(one.counts.stopped).toBe(stopped + 1)
    expect(await held('oneWord')).toBe('kept')
    expect(await held('appName')).toBe('Restarted')
    expect((await change({ oneWord: 'after' })).status).toBe(200)
    expect(await word('one')).toBe('after')
  })

  test('that a plugin’s own check turns down is refused by field', async () => {
    expect(fieldsOf(await change({ oneWord: 'wrong' }))).toMatchObject([{ field: 'oneWord', code: 'wrong' }])
  })

  test('comes one after the other, however many are sent at once', async () => {
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((oneWord) => change({ oneWord })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect([await word('one'), await held('oneWord')]).toEqual(['d', 'd'])
    expect(one.counts.started - one.counts.stopped).toBe(1)
  })

  test('survives a restart', async () => {
    const other = await startRest({}, [one.plugin])
    await other.ask('PUT', path, { oneWord: 'stored' })
    const { DB_CONNECTION_STRING } = other.instance.ground.inputs.environment
    const again = await startRest({ DB_CONNECTION_STRING: DB_CONNECTION_STRING ?? '' }, [one.plugin])
    expect(await (await again.instance.fetch('/one')).text()).toBe('stored')
    await again.stop()
    await other.stop()
  })
})

describe('sync-ldap', () => {
  const sync = () => rest.ask('POST', `${path}/sync-ldap`)

  test('answers when the run is done', async () => {
    expect((await sync()).status).toBe(204)
  })

  test.each([
    ['refused', 409, 'directory_sync_refused'],
    ['failed', 503, 'directory_sync_failed'],
  ] as const)('says why a run was %s', async (outcome, status, code) => {
    run.now = { outcome, summary: 'ldapUrl: nobody answers there.' }
    expect(await sync()).toMatchObject({ status, body: { code, error: run.now.summary } })
  })

  test('is refused where no directory is on', async () => {
    await change({ paperEnabled: 'false' })
    expect(await sync()).toMatchObject({ status: 409, body: { code: 'ldap_disabled' } })
  })
})

describe('under UI_CONFIG_DISABLED', () => {
  test('nothing can be changed, and what was stored does not count', async () => {
    const open = await startRest()
    await open.ask('PUT', path, { appName: 'Stored', requireUserEmail: 'false' })
    const { DB_CONNECTION_STRING = '' } = open.instance.ground.inputs.environment
    const closed = await startRest({ DB_CONNECTION_STRING, UI_CONFIG_DISABLED: 'true', APP_NAME: 'Fixed' })
    expect(await closed.ask('PUT', path, { appName: 'x' })).toMatchObject({ status: 403, body: { code: 'ui_config_disabled' } })
    const shown = await closed.askAs<Variable[]>({}, 'GET', path)
    expect(shown.body).toContainEqual({ key: 'appName', type: 'string', value: 'Fixed' })
    expect(shown.body).toContainEqual({ key: 'uiConfigDisabled', type: 'boolean', value: 'true' })
    const input = { username: 'nomail' }
    expect(await closed.ask<User>('POST', '/api/users', input)).toMatchObject({ status: 409 })
    await closed.stop()
    await open.stop()
  })
})
