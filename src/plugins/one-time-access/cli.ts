// `pocket-id one-time-access-token <username or email>`: the way in for the first administrator, and for whoever lost every passkey.
import { isDisabled } from '#core/identity/actor.ts'
import type { RunCommand } from '#core/kernel/plugin.ts'
import { disabledSentence } from './errors.ts'
import { createOneTimeTokens } from './tokens.ts'

const lifetimeSeconds = 3600

const run: RunCommand = async ({ args, host, print }) => {
  const [login] = args
  if (login === undefined || args.length > 1) {
    throw new Error('Name one account: pocket-id one-time-access-token <username or email>')
  }
  const user = await host.identity.users.findByLogin(login)
  if (!user) throw new Error('user not found')
  if (isDisabled(user)) throw new Error(disabledSentence(user.username))
  const { url } = await createOneTimeTokens(host).mint(user.id, lifetimeSeconds)
  print(`A one-time access token valid for 1 hour was made for "${login}". Open this link to sign in:`)
  print(url)
}

export default run
