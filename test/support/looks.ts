// How a page is looked at: light and dark, desk and phone, with what axe, the policy and the console have to say.
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openContext } from './browser.ts'

export interface Look {
  readonly theme: 'light' | 'dark'
  readonly width: number
  readonly height: number
}

export const looks: readonly Look[] = (['light', 'dark'] as const).flatMap((theme) => [
  { theme, width: 1440, height: 900 },
  { theme, width: 390, height: 844 },
])

/** Where a person can leaf through what the tests saw; git does not hold it. */
const screenshots = fileURLToPath(new URL('../screenshots/', import.meta.url))
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export interface Looker {
  readonly context: BrowserContext
  readonly page: Page
  /** What the console and the policy said so far. */
  readonly complaints: readonly string[]
  /** Opens a page, keeps a picture of it, and returns every fault that a look can find. */
  look(name: string, path: string): Promise<readonly string[]>
  /** The same for the page as it is now. */
  lookHere(name: string): Promise<readonly string[]>
}

/** Somebody with a browser of this size and these colours, and the cookies of whoever is signed in. */
export async function looker(
  browser: Browser,
  baseURL: string,
  { theme, width, height }: Look,
  cookies: Parameters<BrowserContext['addCookies']>[0] = [],
): Promise<Looker> {
  const context = await openContext(browser, {
    baseURL,
    colorScheme: theme,
    viewport: { width, height },
    reducedMotion: 'reduce',
    locale: 'en',
  })
  await context.addCookies(cookies)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // Chromium also says so when a page itself is answered with 4xx, as a form with faults is.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(`console: ${message.text()}`)
  })
  const lookHere = async (name: string) => {
    mkdirSync(screenshots, { recursive: true })
    const tall = await page.evaluate(() => document.documentElement.scrollHeight)
    const path = join(screenshots, `${name}-${width}-${theme}.png`)
    const clip = { x: 0, y: 0, width, height: Math.min(tall, 6000) }
    await captured(() => page.screenshot({ path, fullPage: true, clip }))
    return [...complaints.splice(0), ...(await wideness(page)), ...(await axe(page))].map((fault) => `${name}: ${fault}`)
  }
  return {
    context,
    page,
    complaints,
    lookHere,
    async look(name, path) {
      await page.goto(path)
      return lookHere(name)
    },
  }
}

/** A browser that is busy with others says now and then that it cannot take a picture right now, and can when it is asked again. */
export async function captured<T>(take: () => Promise<T>, attempts = 10): Promise<T> {
  try {
    return await take()
  } catch (error) {
    if (attempts === 1 || !String(error).includes('Unable to capture screenshot')) throw error
    return captured(take, attempts - 1)
  }
}

/** Nothing may be wider than the window: people would have to scroll both ways (WCAG 1.4.10). */
async function wideness(page: Page): Promise<readonly string[]> {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
  return (wide ?? 0) > (window ?? 0) ? [`is ${wide} px wide in a window of ${window}`] : []
}

async function axe(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource)
  const options: RunOptions = { resultTypes: ['violations'] }
  const { violations } = await page.evaluate(
    (given) => (window as unknown as { axe: { run(o: unknown): Promise<AxeResults> } }).axe.run(given),
    options,
  )
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary }) => `axe ${impact} ${id}: ${html.slice(0, 160)} ${failureSummary?.replace(/\s+/g, ' ')}`),
  )
}
