// Which steps a person has to take, for every mix of request and situation.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextSteps, type Prompt, type Situation } from '../../../src/plugins/oidc/protocol/prompt.ts'

const now = 1_000_000
const settled: Situation = {
  now,
  prompt: [],
  authenticatedAt: now - 100,
  someoneElse: false,
  passkeyMissing: false,
  clientWantsFreshProof: false,
  agreedBefore: true,
  done: { freshProof: false, accountSelected: false, consented: false },
}
const done = (what: Partial<Situation['done']>) => ({ ...settled.done, ...what })
const { authenticatedAt: _signedIn, ...nobody } = settled

describe('nextSteps', () => {
  test.each<[string, Situation, readonly string[]]>([
    ['nobody is there', nobody, ['authenticate']],
    [
      'nobody is there and much is asked',
      { ...nobody, prompt: ['login', 'select_account', 'consent'] },
      ['authenticate', 'select_account', 'consent'],
    ],
    ['somebody else is there', { ...settled, someoneElse: true }, ['authenticate']],
    ['nothing was agreed to', { ...settled, agreedBefore: false }, ['consent']],
    ['consent is asked for again', { ...settled, prompt: ['consent'] }, ['consent']],
    ['an account is to be chosen', { ...settled, prompt: ['select_account'] }, ['select_account']],
    ['a login is asked for', { ...settled, prompt: ['login'] }, ['reauthenticate']],
    ['the client always wants a fresh proof', { ...settled, clientWantsFreshProof: true }, ['reauthenticate']],
    ['the passkey is missing', { ...settled, passkeyMissing: true }, ['reauthenticate']],
    ['max_age has passed', { ...settled, maxAge: 99 }, ['reauthenticate']],
    ['max_age is nought', { ...settled, maxAge: 0, authenticatedAt: now }, ['reauthenticate']],
    [
      'everything at once',
      { ...settled, prompt: ['login', 'consent', 'select_account'] },
      ['select_account', 'reauthenticate', 'consent'],
    ],
    ['some of it is done', { ...settled, prompt: ['login', 'consent'], done: done({ freshProof: true }) }, ['consent']],
  ])('when %s', (_when, situation, steps) => {
    expect(nextSteps(situation)).toEqual({ kind: 'steps', steps })
  })

  test.each<[string, Situation]>([
    ['nothing is left', settled],
    ['max_age has just not passed', { ...settled, maxAge: 100 }],
    ['a login was asked for and done', { ...settled, prompt: ['login'], maxAge: 0, done: done({ freshProof: true }) }],
    [
      'all was asked for and done',
      {
        ...settled,
        agreedBefore: false,
        prompt: ['login', 'consent', 'select_account'],
        done: done({ freshProof: true, accountSelected: true, consented: true }),
      },
    ],
  ])('goes on when %s', (_when, situation) => {
    expect(nextSteps(situation)).toEqual({ kind: 'go' })
  })

  const boolean = fc.boolean()
  const situations: fc.Arbitrary<Situation> = fc.record(
    {
      now: fc.constant(now),
      prompt: fc.uniqueArray(fc.constantFrom<Prompt>('login', 'consent', 'select_account')),
      maxAge: fc.nat(200),
      authenticatedAt: fc.integer({ min: now - 200, max: now }),
      someoneElse: boolean,
      passkeyMissing: boolean,
      clientWantsFreshProof: boolean,
      agreedBefore: boolean,
      done: fc.record({ freshProof: boolean, accountSelected: boolean, consented: boolean }),
    },
    { requiredKeys: ['now', 'prompt', 'someoneElse', 'passkeyMissing', 'clientWantsFreshProof', 'agreedBefore', 'done'] },
  )

  test('a silent request is answered exactly where another one needs no step', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const [loud, silent] = [nextSteps({ ...situation, prompt: [] }), nextSteps({ ...situation, prompt: ['none'] })]
        expect(silent.kind).toBe(loud.kind === 'go' ? 'go' : 'refused')
      }),
    )
  })

  test('nobody gets through without having signed in and agreed', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        if (nextSteps(situation).kind !== 'go') return
        expect(situation.authenticatedAt).toBeDefined()
        expect(situation.someoneElse).toBe(false)
        expect(situation.agreedBefore || situation.done.consented).toBe(true)
        if (situation.clientWantsFreshProof) expect(situation.done.freshProof).toBe(true)
      }),
    )
  })
})
