// How an answer gets to an app: nothing of it is lost, and nothing of it is markup.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerUrl, formPostPage } from '../../../src/plugins/oidc/protocol/authorize-response.ts'

describe('answerUrl', () => {
  test.each([
    ['https://app.example/cb', 'query', 'https://app.example/cb?code=a+b'],
    ['https://app.example/cb?tenant=1', 'query', 'https://app.example/cb?tenant=1&code=a+b'],
    ['https://app.example/cb?tenant=1', 'fragment', 'https://app.example/cb?tenant=1#code=a+b'],
    ['com.example.app:/cb', 'query', 'com.example.app:/cb?code=a+b'],
  ] as const)('%s by %s', (redirectUri, mode, url) => {
    expect(answerUrl(redirectUri, mode, { code: 'a b' })).toBe(url)
  })

  test('an app reads what was sent', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,10}$/), fc.string({ unit: 'grapheme' })), (answer) => {
        const read = new URL(answerUrl('https://app.example/cb', 'query', answer)).searchParams
        expect(Object.fromEntries(read)).toEqual(answer)
      }),
    )
  })
})

test('a form holds no markup that the answer brought', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (state, path) => {
      const html = formPostPage(`https://app.example/${path}`, { state })
      expect(html.match(/</g)?.length).toBe(formPostPage('https://app.example/', { state: '' }).match(/</g)?.length)
      expect(html.match(/"/g)?.length).toBe(formPostPage('https://app.example/', { state: '' }).match(/"/g)?.length)
    }),
  )
})
