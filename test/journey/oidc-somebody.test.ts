// Requests that name the person they mean: by an ID token from before, or by the claim `sub` (OpenID Connect Core sections 3.1.2.1 and 5.5.1).
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type App,
  authorizePath,
  codeFor,
  type Extra,
  locationOf,
  type Person,
  redeem,
  signInAgain,
  through,
  tokens,
} from '../support/apps.ts'
import { somebody as ada, app, instance, person, useProvider } from '../support/provider.ts'

useProvider()

let grace: Person
beforeAll(async () => {
  grace = await person()
})

const about = (sub: unknown) => JSON.stringify({ id_token: { sub: { value: sub } } })
const ask = async (extra: Extra, one?: App) => locationOf(await ada.visitor.get(authorizePath(one ?? (await app()), extra)))

describe('a request for one person', () => {
  test('is answered for them alone', async () => {
    expect((await ask({ claims: about(ada.user.id) })).searchParams.get('code')).toEqual(expect.any(String))
    const silent = await ask({ claims: about(grace.user.id), prompt: 'none' })
    expect(silent.searchParams.get('error')).toBe('login_required')
    expect((await ask({ claims: about(grace.user.id) })).pathname).toBe('/interaction')
  })

  test('goes on when they have signed in', async () => {
    const at = await ask({ claims: about(grace.user.id) })
    const visitor = (await person()).visitor
    await expect(through(visitor, at)).rejects.toThrow('oidc_interaction_step')
    await signInAgain(instance, grace.user.id, visitor)
    expect((await through(visitor, at)).searchParams.get('code')).toEqual(expect.any(String))
  })

  test('that names them by no text is for anybody', async () => {
    expect((await ask({ claims: about(7) })).searchParams.get('code')).toEqual(expect.any(String))
    expect((await ask({ claims: '{"id_token":{"sub":null}}' })).searchParams.get('code')).toEqual(expect.any(String))
  })
})

describe('a hint that nobody here gave', () => {
  test('keeps nobody out who is there to be asked, and proves nothing to a silent request', async () => {
    expect((await ask({ id_token_hint: 'not a token' })).searchParams.get('code')).toEqual(expect.any(String))
    const silent = await ask({ id_token_hint: 'not a token', prompt: 'none' })
    expect(silent.searchParams.get('error')).toBe('login_required')
  })

  test('an access token is none', async () => {
    const one = await app()
    const { access_token: hint } = await tokens(redeem(instance, one, await codeFor(grace.visitor, one)))
    expect((await ask({ id_token_hint: hint, prompt: 'none' }, one)).searchParams.get('error')).toBe('login_required')
  })
})
