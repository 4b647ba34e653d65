// Comes in through the pages as a person does: the command line's link, the passkey that is offered at once, then wherever.
import type { Page } from 'playwright-core'
import { addVirtualAuthenticator, pressReady, type VirtualAuthenticator } from './browser.ts'
import type { TestServer } from './server.ts'

/** Signs somebody in by a link and adds a passkey. Ends on the account page. */
export async function comeIn(server: TestServer, page: Page, login: string): Promise<VirtualAuthenticator> {
  const { stdout } = await server.pocketId('one-time-access-token', login)
  const key = await addVirtualAuthenticator(page)
  await page.goto(new URL(stdout.trim().split('\n').at(-1) ?? '').pathname)
  // Somebody who has a passkey already is on the account page, where one more is made: the address alone says nothing then.
  await Promise.all([page.waitForEvent('load'), pressReady(page, 'Add passkey')])
  await page.waitForURL('**/settings/account**')
  return key
}
