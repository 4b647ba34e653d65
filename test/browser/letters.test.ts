// Letters as a mail program shows them: light and dark, wide and narrow, in each language.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accentOf } from '../../src/plugins/email/letters/accent.ts'
import { asHtml } from '../../src/plugins/email/letters/as-html.tsx'
import { compose } from '../../src/plugins/email/letters/compose.ts'
import { letterLanguages, letterWords } from '../../src/plugins/email/messages/messages.ts'
import { startBrowser } from '../support/browser.ts'
import { looker, looks } from '../support/looks.ts'
import { occasions } from '../support/occasions.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser?.close())

test.each(looks)('every letter: $theme, $width px', async (look) => {
  const { page, context, lookHere } = await looker(browser, 'http://localhost', look)
  const faults: string[] = []
  for (const language of letterLanguages) {
    for (const [kind, occasion] of Object.entries(occasions)) {
      const words = letterWords[language]
      const setting = { words, language, appName: 'Our login', appUrl: 'https://id.example.org', name: 'Ada', timeZone: 'UTC' }
      const letter = compose(occasion, setting)
      await page.setContent(asHtml(letter, { language, appName: 'Our login', accent: accentOf('#4f46e5'), logo: undefined }))
      faults.push(...(await lookHere(`letter-${kind}-${language}`)))
    }
  }
  await context.close()
  expect(faults).toEqual([])
})
