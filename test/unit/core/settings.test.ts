// Settings: declared once, understood from the environment, files and stored rows.
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { choice, defineSettings, environmentName, flag, list, text, whole } from '#core/settings/define.ts'
import { settingsReference } from '#core/settings/describe.ts'
import { type Inputs, resolve, unknownVariables, valuesOf } from '#core/settings/resolve.ts'

const words = { label: 'Label', help: 'Help.' }
const table = defineSettings({
  pageTitle: text({ ...words, default: 'Home', schema: v.pipe(v.string(), v.maxLength(5, 'Must be short.')) }),
  pageSize: whole({ ...words, default: 20, min: 1, max: 100 }),
  pageOn: flag({ ...words, default: true }),
  pageMode: choice(['light', 'dark'], { ...words, default: 'light' }),
  pageTags: list(words),
  pageToken: text({ ...words, secret: true }),
  pageHost: text({ ...words, environmentOnly: true, default: 'here', env: 'WHERE', aliases: ['OLD_WHERE'] }),
})

const resolved = (inputs: Partial<Inputs>, storedCounts = true) =>
  resolve(table, { environment: {}, files: {}, stored: {}, ...inputs }, storedCounts)
const values = (inputs: Partial<Inputs>, storedCounts = true) => valuesOf(resolved(inputs, storedCounts).settings)

describe('a setting', () => {
  test.each([
    ['pageTitle', {}, 'PAGE_TITLE'],
    ['ldapBindDn', {}, 'LDAP_BIND_DN'],
    ['signupDefaultUserGroupIDs', {}, 'SIGNUP_DEFAULT_USER_GROUP_I_DS'],
    ['pageHost', { env: 'WHERE' }, 'WHERE'],
  ])('%s %j is called %s in the environment', (key, setting, name) => {
    expect(environmentName(key, setting)).toBe(name)
  })

  test('has its default as long as nobody says anything; an empty variable says nothing', () => {
    const expected = {
      pageTitle: 'Home',
      pageSize: 20,
      pageOn: true,
      pageMode: 'light',
      pageTags: [],
      pageToken: '',
      pageHost: 'here',
    }
    expect(values({})).toEqual(expected)
    expect(values({ environment: { PAGE_TITLE: '', PAGE_SIZE: '' } })).toEqual(expected)
  })

  test.each([
    ['true', true],
    [' YES ', true],
    ['1', true],
    ['on', true],
    ['false', false],
    ['0', false],
    ['No', false],
  ])('that is a flag understands %j', (raw, expected) => {
    expect(values({ environment: { PAGE_ON: raw } }).pageOn).toBe(expected)
  })

  test.each([
    ['PAGE_SIZE', '0', 'Must be at least 1.'],
    ['PAGE_SIZE', '101', 'Must be at most 100.'],
    ['PAGE_SIZE', '1e3', 'Must be a whole number.'],
    ['PAGE_ON', 'perhaps', 'Must be true or false.'],
    ['PAGE_MODE', 'blue', 'Must be one of light, dark.'],
    ['PAGE_TITLE', 'too long', 'Must be short.'],
  ])('says what is wrong with %s=%s', (variable, raw, message) => {
    expect(resolved({ environment: { [variable]: raw } }).faults).toEqual([{ field: variable, code: 'invalid', message }])
  })

  test('that is a list takes commas and white space', () => {
    expect(values({ environment: { PAGE_TAGS: ' a, b\nc ,,d ' } }).pageTags).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('a choice that stands for other settings', () => {
  const kind = choice(['none', 'big'], { ...words, default: 'none', presets: { big: { pageSize: '90', pageTitle: 'Big' } } })
  const read = (inputs: Partial<Inputs>) =>
    resolve({ ...table, kind }, { environment: {}, files: {}, stored: {}, ...inputs }, true).settings
  const saying = (inputs: Partial<Inputs>) => {
    const { pageSize, pageTitle } = read(inputs)
    return [pageSize?.value, pageSize?.origin, pageTitle?.value, pageTitle?.origin]
  }

  test('fills them where nobody said anything', () => {
    expect(saying({})).toEqual([20, 'default', 'Home', 'default'])
    expect(saying({ stored: { kind: 'big' } })).toEqual([90, 'preset', 'Big', 'preset'])
    expect(saying({ stored: { kind: 'big', pageSize: '20' }, environment: { PAGE_TITLE: 'Mine' } })).toEqual([
      20,
      'stored',
      'Mine',
      'environment',
    ])
  })
})

describe('resolve', () => {
  test('lets the environment win over files, files over stored values, stored values over defaults', () => {
    const stored = { pageTitle: 'row' }
    const files = { PAGE_TITLE_FILE: 'file' }
    const environment = { PAGE_TITLE: 'env' }
    expect(resolved({ stored }).settings.pageTitle).toMatchObject({ value: 'row', origin: 'stored' })
    expect(resolved({ stored, files }).settings.pageTitle).toMatchObject({
      value: 'file',
      origin: 'file',
      variable: 'PAGE_TITLE_FILE',
    })
    expect(resolved({ stored, files, environment }).settings.pageTitle).toMatchObject({ value: 'env', origin: 'environment' })
  })

  test('passes stored values over where only the environment counts', () => {
    expect(values({ stored: { pageTitle: 'row' } }, false).pageTitle).toBe('Home')
    expect(values({ stored: { pageHost: 'row' } }).pageHost).toBe('here')
  })

  test('understands older names of a variable, the proper one first', () => {
    expect(values({ environment: { OLD_WHERE: 'there' } }).pageHost).toBe('there')
    expect(values({ environment: { OLD_WHERE: 'there', WHERE: 'now' } }).pageHost).toBe('now')
  })

  test('finds every fault at once', () => {
    const { faults } = resolved({ environment: { PAGE_SIZE: 'x', PAGE_MODE: 'y', PAGE_ON: 'z' } })
    expect(faults.map(({ field }) => field)).toEqual(['PAGE_SIZE', 'PAGE_ON', 'PAGE_MODE'])
  })

  test('falls back to the default with a warning where a stored value no longer fits', () => {
    const { faults, warnings, settings } = resolved({ stored: { pageSize: '1000' } })
    expect(faults).toEqual([])
    expect(warnings).toEqual([expect.stringContaining('pageSize')])
    expect(settings.pageSize).toMatchObject({ value: 20, raw: '20', origin: 'default' })
  })
})

test('a variable that nothing reads is named with its nearest neighbour', () => {
  const known = ['LDAP_URL', 'LDAP_BIND_DN']
  const environment = { LDAP_BIND_DM: 'x', LDAP_URL_FILE: 'x', LDAP_QUITE_SOMETHING_ELSE: 'x', PATH: 'x' }
  expect(unknownVariables(environment, known)).toEqual([
    { variable: 'LDAP_BIND_DM', nearest: 'LDAP_BIND_DN' },
    { variable: 'LDAP_QUITE_SOMETHING_ELSE', nearest: undefined },
  ])
})

test('the reference has a line for each setting, with its key, default, choices and marks', () => {
  const page = settingsReference([{ title: 'Pages', table }])
  expect(page).toContain('## Pages')
  expect(page).toContain('| `PAGE_MODE` | `pageMode` | `light` | Help. One of `light`, `dark`. |')
  expect(page).toContain('| `PAGE_TOKEN` | `pageToken` |  | Help. (*secret*) |')
  expect(page).toContain('| `WHERE` |  | `here` | Help. Also understood: `OLD_WHERE`. |')
})
