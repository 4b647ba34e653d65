// Callback addresses, as registered and as an attacker would write them.
import { describe, expect, test } from 'vitest'
import { callbackPatternFault, matchesRedirect, redirectUriFault } from '../../../src/plugins/oidc/protocol/redirect-uri.ts'

const exact = 'https://app.example.org/callback'

describe('an address that is registered', () => {
  test.each([
    ['the very same', exact, exact],
    ['with a query', 'https://app.example.org/cb?tenant=1', 'https://app.example.org/cb?tenant=1'],
    ['with a user name', 'https://user:pw@app.example.org/cb', 'https://user:pw@app.example.org/cb'],
    ['without a path', 'https://app.example.org', 'https://app.example.org/'],
    ['with a path that is a slash', 'https://app.example.org/', 'https://app.example.org'],
    ['with the port that https has anyway', exact, 'https://app.example.org:443/callback'],
    ['registered with that port', 'https://app.example.org:443/callback', exact],
    ['of an app on a phone', 'com.example.app:/callback', 'com.example.app:/callback'],
    ['of an app on a desktop', 'example://callback/done', 'example://callback/done'],
    ['with a host in capital letters', 'https://App.Example.org/callback', exact],
    ['over IPv6', 'https://[2001:db8:1:1::a:1]/callback', 'https://[2001:db8:1:1::a:1]/callback'],
    ['registered with a fragment, which does not count', `${exact}#done`, exact],
    ['with letters that are escaped', 'https://app.example.org/c%C3%BC', 'https://app.example.org/c%C3%BC'],
  ])('%s', (_what, registered, requested) => {
    expect(matchesRedirect(requested, ['https://other.example.org/', registered])).toBe(true)
  })
})

describe('a wildcard', () => {
  test.each([
    ['*://example.com/callback', 'https://example.com/callback'],
    ['https://*.example.com/callback', 'https://sub.example.com/callback'],
    ['https://*.example.com/callback', 'https://a.b.example.com/callback'],
    ['https://app*.example.com/callback', 'https://app1.example.com/callback'],
    ['https://*-prod.example.com/callback', 'https://api-prod.example.com/callback'],
    ['https://app-*-server.example.com/callback', 'https://app-staging-server.example.com/callback'],
    ['https://example.com:*/callback', 'https://example.com:8080/callback'],
    ['https://example.com:*/callback', 'https://example.com/callback'],
    ['https://example.com:80*/callback', 'https://example.com:8080/callback'],
    ['https://[2001:db8:1:1::a:1]:80*/callback', 'https://[2001:db8:1:1::a:1]:8080/callback'],
    ['https://example.com/api/*/callback', 'https://example.com/api/v1/callback'],
    ['https://example.com/*', 'https://example.com/callback'],
    ['https://example.com/test*', 'https://example.com/testcase'],
    ['https://example.com/*-callback', 'https://example.com/oauth-callback'],
    ['https://example.com/api-*-v1/callback', 'https://example.com/api-internal-v1/callback'],
    ['https://example.com/*/test*/callback', 'https://example.com/v1/testing/callback'],
    ['https://example.com/**/callback', 'https://example.com/api/v1/foo/bar/callback'],
    ['https://example.com/**/v1/**/callback', 'https://example.com/api/v1/foo/bar/callback'],
    ['https://user:*@example.com/callback', 'https://user:secret123@example.com/callback'],
    ['https://admin*:pass@example.com/callback', 'https://admin123:pass@example.com/callback'],
    ['https://example.com/callback?code=*', 'https://example.com/callback?code=abc123'],
    ['https://example.com/callback?state=*&code=*', 'https://example.com/callback?code=abc&state=xyz'],
    ['https://example.com/callback?mode=production&code=*', 'https://example.com/callback?mode=production&code=abc'],
    ['https://example.com/callback?param=*&param=*', 'https://example.com/callback?param=1&param=2'],
    ['http://127.0.0.1/auth/*', 'http://127.0.0.1:3000/auth/callback'],
    ['http://[::1]/auth/*', 'http://[::1]:8080/auth/callback'],
    ['http://localhost/callback', 'http://localhost:8080/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:9999/callback'],
    ['http://127.8.8.8/callback', 'http://127.8.8.8:9999/callback'],
    ['*', 'https://anything.example/at/all?really=1'],
    ['*', 'com.example.app:/callback'],
  ])('%s admits %s', (pattern, requested) => {
    expect(matchesRedirect(requested, [pattern])).toBe(true)
  })

  test.each([
    ['https://example.com/*', 'https://example.com/a/b'],
    ['https://example.com/*', 'https://example.com/'],
    ['https://example.com/test*', 'https://example.com/test'],
    ['https://example.com/**/callback', 'https://example.com/callback'],
    ['https://example.com:80*/callback', 'https://example.com:9080/callback'],
    ['https://example.com/callback?code=*', 'https://example.com/callback?code=abc&extra=value'],
    ['https://example.com/callback?code=*&state=*', 'https://example.com/callback?code=abc'],
    ['https://example.com/callback?code=*', 'https://example.com/callback?token=abc'],
    ['https://example.com/callback?mode=production', 'https://example.com/callback?mode=development'],
    ['https://example.com/callback?next=*', 'https://example.com/callback?next=//evil.example'],
    ['https://example.com/callback?param=*', 'https://example.com/callback?param=1&param=2'],
    ['https://user:pass@example.com/callback', 'https://admin:pass@example.com/callback'],
    ['https://user:pass@example.com/callback', 'https://example.com/callback'],
    ['https://127.0.0.1/callback', 'https://127.0.0.1:8080/callback'],
    ['http://127.0.0.1:8080/callback', 'http://127.0.0.1:8081/callback'],
    ['http://localhost/callback', 'http://127.0.0.1:8080/callback'],
  ])('%s does not admit %s', (pattern, requested) => {
    expect(matchesRedirect(requested, [pattern])).toBe(false)
  })
})

describe('an attacker’s look-alike', () => {
  const wide = ['https://*.example.org/cb', 'https://app.example.org/in/*', 'https://app.example.org/deep/**', exact]
  test.each([
    ['another host', 'https://evil.example/callback'],
    ['the host as a beginning', 'https://app.example.org.evil.example/callback'],
    ['the host as an end', 'https://evilapp.example.org/callback'],
    ['the host as a user name', 'https://app.example.org@evil.example/callback'],
    ['the host as a user name with a password', 'https://app.example.org:443@evil.example/callback'],
    ['a user name before the host', 'https://evil.example@app.example.org/callback'],
    ['two user names', 'https://a@evil.example@app.example.org/callback'],
    ['a wildcard host in a query', 'https://evil.example?x=.example.org/cb'],
    ['a wildcard host in a fragment', 'https://evil.example#.example.org/cb'],
    ['a wildcard host in a path', 'https://evil.example/.example.org/cb'],
    ['a wildcard host after a backslash', 'https://evil.example\\.example.org/cb'],
    ['a wildcard host after an escaped slash', 'https://evil.example%2f.example.org/cb'],
    ['a wildcard host after an escaped backslash', 'https://evil.example%5c.example.org/cb'],
    ['a wildcard host after an escaped null', 'https://evil.example%00.example.org/cb'],
    ['a wildcard host after a colon', 'https://evil.example:80.example.org/cb'],
    ['a backslash for a slash', 'https://app.example.org\\callback'],
    ['one slash', 'https:/app.example.org/callback'],
    ['no slashes', 'https:app.example.org/callback'],
    ['three slashes', 'https:///app.example.org/callback'],
    ['no scheme', '//app.example.org/callback'],
    ['a path alone', '/callback'],
    ['http for https', 'http://app.example.org/callback'],
    ['another scheme', 'ftp://app.example.org/callback'],
    ['another port', 'https://app.example.org:8443/callback'],
    ['no number as port', 'https://app.example.org:/callback'],
    ['capital letters in the path', 'https://app.example.org/Callback'],
    ['a slash more', 'https://app.example.org/callback/'],
    ['two slashes', 'https://app.example.org//callback'],
    ['a dot', 'https://app.example.org/./callback'],
    ['two dots', 'https://app.example.org/x/../callback'],
    ['two escaped dots', 'https://app.example.org/x/%2e%2e/callback'],
    ['an escaped letter', 'https://app.example.org/c%61llback'],
    ['an escaped slash', 'https://app.example.org%2fcallback'],
    ['a query', 'https://app.example.org/callback?next=https://evil.example'],
    ['an empty query with a name', 'https://app.example.org/callback?a'],
    ['path parameters', 'https://app.example.org/callback;a=b'],
    ['a fragment', 'https://app.example.org/callback#evil'],
    ['an empty fragment', 'https://app.example.org/callback#'],
    ['a line break', 'https://app.example.org/callback%0d%0aLocation:%20https://evil.example'],
    ['a real line break', 'https://app.example.org/callback\r\nLocation: https://evil.example'],
    ['a tab that browsers drop', 'https://app.exam\tple.org/callback'],
    ['white space at the end', 'https://app.example.org/callback '],
    ['white space at the beginning', ' https://app.example.org/callback'],
    ['a null', 'https://app.example.org/callback%00.evil.example'],
    ['letters of another alphabet', 'https://аpp.example.org/callback'],
    ['wide letters', 'https://ａpp.example.org/callback'],
    ['a wide dot', 'https://app。example.org/callback'],
    ['a dot at the end of the host', 'https://app.example.org./callback'],
    ['escaped letters in the host', 'https://%61pp.example.org/callback'],
    ['out of the folder of a wildcard', 'https://app.example.org/in/../admin'],
    ['out of the folder of a wildcard, escaped', 'https://app.example.org/in/%2e%2e'],
    ['out of the folder of a wildcard, half escaped', 'https://app.example.org/in/..%2fadmin'],
    ['out of the folder of a wildcard, escaped twice', 'https://app.example.org/in/%252e%252e%252fadmin'],
    ['out of the folder of a wildcard, by a backslash', 'https://app.example.org/in/..%5cadmin'],
    ['out of the folder of a deep wildcard', 'https://app.example.org/deep/a/../../admin'],
    ['out of the folder of a deep wildcard, half escaped', 'https://app.example.org/deep/..%2f..%2fadmin'],
    ['a null in the folder of a wildcard', 'https://app.example.org/in/x%00'],
    ['a script', 'javascript:alert(1)//https://app.example.org/callback'],
    ['a script that looks like an address', 'javascript://app.example.org/callback'],
    ['data', 'data:text/html,<script>alert(1)</script>'],
    ['nothing', ''],
    ['a very long one', `https://app.example.org/deep/${'a'.repeat(2_048)}`],
  ])('by %s is refused', (_what, requested) => {
    expect(matchesRedirect(requested, wide)).toBe(false)
  })

  test.each(['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', 'blob:https://app.example.org/1'])(
    '%s is refused even where everything is allowed',
    (requested) => expect(matchesRedirect(requested, ['*', '*://*', requested])).toBe(false),
  )

  test.each([
    ['a name that begins so', 'http://localhost.evil.example:8080/callback'],
    ['an address that begins so', 'http://127.0.0.1.evil.example/callback'],
    ['a number', 'http://2130706433/callback'],
    ['hexadecimal', 'http://0x7f000001/callback'],
    ['octal', 'http://0177.0.0.1/callback'],
    ['a short one', 'http://127.1/callback'],
    ['IPv4 in IPv6', 'http://[::ffff:127.0.0.1]/callback'],
    ['all addresses', 'http://0.0.0.0/callback'],
    ['a user name', 'http://localhost@evil.example/callback'],
  ])('of the loopback address by %s is refused', (_what, requested) => {
    expect(matchesRedirect(requested, ['http://127.0.0.1/callback', 'http://localhost/callback'])).toBe(false)
  })

  test('cannot make a pattern with many wildcards slow', () => {
    const pattern = `https://example.com/${'**a'.repeat(300)}`
    expect(matchesRedirect(`https://example.com/${'a'.repeat(1_900)}b`, [pattern])).toBe(false)
  })
})

describe('what may be registered', () => {
  test.each([
    exact,
    'http://app.home/callback',
    'http://localhost/callback',
    'com.example.app:/callback',
    '*',
    '*://example.com/callback',
    'https://example.com:*/callback',
    'https://user:*@example.com/callback',
    'https://example.com/**/callback?code=*',
  ])('%s', (pattern) => expect(callbackPatternFault(pattern, true)).toBeUndefined())

  test.each([
    ['/callback', /absolute/],
    ['/callback/*', /scheme and a host/],
    ['https//example.com/callback', /absolute/],
    ['http://[::1', /absolute/],
    ['https://exa[mple.com/*', /scheme and a host/],
    ['https://example.com:8x*/', /port/],
    ['javascript:alert(1)', /script/],
    ['javascript://*', /script/],
    ['data:text/html;base64,PGgxPkhlbGxvPC9oMT4=', /script/],
    ['https://example.com/a b', /white space/],
    ['https://example.com\\*', /backslash/],
    ['', /absolute/],
  ])('but not %s', (pattern, fault) => expect(callbackPatternFault(pattern, true)).toMatch(fault))

  test('http only for this machine, where the administrator wants it so', () => {
    expect(redirectUriFault('http://app.home/callback', false)).toMatch(/https:\/\/ is required/)
    expect(redirectUriFault('http://localhost:1234/callback', false)).toBeUndefined()
    expect(redirectUriFault('com.example.app:/callback', false)).toBeUndefined()
  })
})
