// What core and plugins write in English (labels, help, refusals, names of pages) has its German, and no German stands for nothing.
import { readdirSync, readFileSync } from 'node:fs'
import * as v from 'valibot'
import { beforeAll, expect, test } from 'vitest'
import { commonErrors } from '#core/errors.ts'
import { outsideErrors } from '#core/http/outside-fetch.ts'
import { identityErrors } from '#core/identity/errors.ts'
import type { Plugin } from '#core/kernel/plugin.ts'
import { pictureErrors } from '#core/pictures/errors.ts'
import { coreSettings } from '#core/settings/core-settings.ts'
import type { SettingsTable } from '#core/settings/define.ts'
import { settingsErrors } from '#core/settings/errors.ts'
import { knownPlugins } from '../../src/boot.ts'
import { wordsOf } from '../../src/plugins/web/messages/messages.ts'

let plugins: readonly Plugin[]
beforeAll(async () => {
  plugins = await knownPlugins({})
})

const { said } = wordsOf('de')
/** Words that are the same in German. */
const same = new Set(['LDAP', 'StartTLS', 'Bind DN', 'Name', 'Apps', 'APIs', 'Claims', 'Port'])
const missing = (sentences: readonly string[]) =>
  [...new Set(sentences)].filter((sentence) => sentence !== '' && said(sentence) === sentence && !same.has(sentence))

const ofSettings = (table: SettingsTable) =>
  Object.values(table)
    .filter(({ environmentOnly }) => !environmentOnly)
    .flatMap(({ label, help }) => [label, help])

test('labels and help of every setting that a page shows', () => {
  const tables = [coreSettings, ...plugins.map(({ settings }) => settings)]
  expect(missing(tables.flatMap(ofSettings))).toEqual([])
})

test('every refusal', () => {
  const tables = [commonErrors, identityErrors, settingsErrors, pictureErrors, outsideErrors].map(({ table }) => table)
  const all = [...tables, ...plugins.map(({ errors }) => errors ?? {})]
  expect(missing(all.flatMap((table) => Object.values<{ message: string }>(table).map(({ message }) => message)))).toEqual([])
})

test('every refusal that says more than its table', () => {
  const sources = new URL('../../src/', import.meta.url)
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name))
  const said = files.flatMap((name) => {
    const refusals = readFileSync(new URL(name, sources), 'utf8').matchAll(
      /refuse\(\s*'\w+',\s*\{[^}]*?message: (?:'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`)/g,
    )
    return [...refusals].map(([, plain, template]) => plain ?? template?.replace(/\$\{[^}]*\}/g, 'something') ?? '')
  })
  expect(said.length).toBeGreaterThan(20)
  expect(missing(said)).toEqual([])
})

test('a reason is translated inside its sentence', () => {
  const sentence = 'https://a.example/logo could not be read: its answer is larger than 99 bytes.'
  expect(wordsOf('de').said(sentence)).toBe(
    'https://a.example/logo ließ sich nicht lesen: seine Antwort ist größer als 99 Bytes.',
  )
})

test('every name in the navigation', () => {
  const items = plugins.flatMap(({ nav }) => nav ?? [])
  expect(items.length).toBeGreaterThan(4)
  expect(missing(items.map(({ title }) => title))).toEqual([])
})

test('what a setting’s schema answers to nonsense', () => {
  const answers = plugins.flatMap(({ settings }) =>
    Object.values(settings).flatMap(({ schema }) =>
      ['%%% nonsense', '-1', '999999999'].flatMap((text) => {
        const result = v.safeParse(schema, text)
        return result.success ? [] : result.issues.map(({ message }) => message)
      }),
    ),
  )
  expect(missing(answers)).toEqual([])
})
