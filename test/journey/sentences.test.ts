// What core and plugins write in English (labels, help, refusals, names of pages) has its German, and no German stands for nothing.
import * as v from 'valibot'
import { beforeAll, expect, test } from 'vitest'
import { commonErrors } from '#core/errors.ts'
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
  const tables = [commonErrors, identityErrors, settingsErrors, pictureErrors].map(({ table }) => table)
  const all = [...tables, ...plugins.map(({ errors }) => errors ?? {})]
  expect(missing(all.flatMap((table) => Object.values<{ message: string }>(table).map(({ message }) => message)))).toEqual([])
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
