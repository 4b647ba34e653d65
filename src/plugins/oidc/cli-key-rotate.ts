// `pocket-id key-rotate`: new signing keys, beside a server that may be running.
import type { Host, RunCommand } from '#core/kernel/plugin.ts'
import { createKeys, type SigningAlgorithm } from './keys.ts'
import type { OidcSettings } from './settings.ts'

const known: readonly SigningAlgorithm[] = ['ES256', 'RS256', 'EdDSA']

const run: RunCommand = async ({ args, host, settings, print }) => {
  const { algorithms, now } = read(args)
  const keys = createKeys({ ...pick(host), settings: settings as Host<OidcSettings>['settings'] })
  const made = await keys.rotate(algorithms, now)
  for (const [index, id] of made.entries()) print(`New ${algorithms[index]} key ${id}.`)
  print(
    now
      ? 'The new keys sign within half a minute. Tokens signed with the old ones are no longer accepted.'
      : 'The new keys sign in a minute. The old ones stay published until their tokens are over.',
  )
}

const pick = ({ db, vault, clock }: Host) => ({ db, vault, clock })

/** @throws Error with a sentence for words it does not know */
function read(args: readonly string[]): { readonly algorithms: readonly SigningAlgorithm[]; readonly now: boolean } {
  const words = args.flatMap((word) => word.split('='))
  const algorithms: SigningAlgorithm[] = []
  let now = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at]
    if (word === '--now') now = true
    else if (word === '--crv') at++
    else if (word === '--alg') algorithms.push(algorithm(words[++at]))
    else if (word !== '--yes' && word !== '-y')
      throw new Error(`key-rotate does not know ${word}. Try: pocket-id key-rotate --alg ES256`)
  }
  return { algorithms: algorithms.length > 0 ? algorithms : ['ES256', 'RS256'], now }
}

function algorithm(name: string | undefined): SigningAlgorithm {
  const found = known.find((one) => one.toLowerCase() === name?.toLowerCase())
  if (!found) throw new Error(`--alg must be one of ${known.join(', ')}.`)
  return found
}

export default run
