// Letters in a test: an instance with a mail server beside it, what arrived, and what waits.
import { expect } from 'vitest'
import { type Instance, startInstance } from './instance.ts'
import { type MailServer, type Received, startMailServer } from './mail-server.ts'

/** Every letter is switched on. */
const all = {
  EMAIL_LOGIN_NOTIFICATION_ENABLED: 'true',
  EMAIL_ONE_TIME_ACCESS_AS_UNAUTHENTICATED_ENABLED: 'true',
  EMAIL_ONE_TIME_ACCESS_AS_ADMIN_ENABLED: 'true',
  EMAIL_API_KEY_EXPIRATION_ENABLED: 'true',
  EMAIL_VERIFICATION_ENABLED: 'true',
}

/**
 * What one test starts; `end` stops it, the last first.
 *
 * @param letters which are switched on: all of them, unless told otherwise
 */
export function postOffice(letters: Readonly<Record<string, string>> = all) {
  const endings: (() => Promise<unknown>)[] = []
  const ending = <T>(one: T, end: () => Promise<unknown>): T => {
    endings.push(end)
    return one
  }
  return {
    ending,
    async serve(...[behaviour]: Parameters<typeof startMailServer>): Promise<MailServer> {
      const server = await startMailServer(behaviour)
      return ending(server, server.stop)
    },
    async start(port: number, more: Readonly<Record<string, string>> = {}): Promise<Instance> {
      const mail = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(port), SMTP_FROM: 'login@example.org' }
      const instance = await startInstance({ DISABLE_RATE_LIMITING: 'true', ...mail, ...letters, ...more })
      return ending(instance, instance.stop)
    },
    async end(): Promise<void> {
      for (const end of endings.splice(0).reverse()) await end()
    },
  }
}

const ada = { username: 'ada', email: 'ada@example.org', firstName: 'Ada', displayName: 'Ada Lovelace' }
export const makeAda = (instance: Instance, more: object = {}) => instance.kernel.identity.users.create({ ...ada, ...more }, null)

/** The letters, when there are so many. */
export async function arrived({ letters }: MailServer, many: number): Promise<readonly Received[]> {
  await expect.poll(() => letters.length).toBeGreaterThanOrEqual(many)
  expect(letters).toHaveLength(many)
  return letters
}

export const waiting = (instance: Instance) =>
  instance.ground.db.read.all<{
    readonly kind: string
    readonly attempts: number
    readonly failure: string | null
    readonly sealed: string
  }>('select kind, attempts, failure, sealed from outbox')

export const refusalCode = async (answer: Response) => ((await answer.json()) as { code: string }).code

/** The code that a letter holds, or an empty text. */
export const codeIn = (letter: Received | undefined): string => /^ {4}(\w+)$/m.exec(letter?.mail.text ?? '')?.[1] ?? ''
