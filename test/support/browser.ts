// A real Chromium with an authenticator of its own. One per test file; every visit is a fresh profile.
import { existsSync } from 'node:fs'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type CDPSession,
  chromium,
  type Page,
} from 'playwright-core'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
// Quiet and without a GPU, as on a build machine.
const args = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts Chromium. @throws Error saying how to name one where it is missing */
export async function startBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) throw new Error(`There is no Chromium at ${executablePath}; set CHROMIUM to one.`)
  return chromium.launch({ executablePath, args })
}

/** Somebody's browser, where nothing says how long a page takes. */
export async function openContext(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(90_000)
  return context
}

/** Presses the first button of this name once the scripts of its page have run. A person who was quicker would press again. */
export async function pressReady(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true }).first()
  await button.waitFor()
  await page.waitForLoadState()
  await button.click()
}

/** A page of somebody who was never here. Complaints of the page (errors, refused by the policy) are kept for the test to see. */
export async function openPage(
  browser: Browser,
  baseURL: string,
): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const context = await openContext(browser, { baseURL, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return { page, complaints }
}

/** What a virtual authenticator holds, and what can be done to it. */
export interface VirtualAuthenticator {
  credentials(): Promise<
    readonly {
      readonly credentialId: string
      readonly isResidentCredential: boolean
      readonly signCount: number
      readonly userDisplayName?: string
    }[]
  >
  /** What happens when the page asks: the person verifies (true) or cannot (false). */
  verifies(user: boolean): Promise<void>
  /** Sets the counter of every passkey, as on a copied key. */
  setCounter(signCount: number): Promise<void>
  remove(): Promise<void>
}

/** Gives a page an authenticator that is built in, keeps passkeys, and answers by itself (WebAuthn section 11). */
export async function addVirtualAuthenticator(page: Page): Promise<VirtualAuthenticator> {
  const session: CDPSession = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  const held = async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials
  return {
    credentials: held,
    verifies: async (isUserVerified) => {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
    },
    async setCounter(signCount) {
      for (const credential of await held()) {
        await session.send('WebAuthn.removeCredential', { authenticatorId, credentialId: credential.credentialId })
        await session.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credential, signCount } })
      }
    },
    remove: async () => {
      await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
    },
  }
}
