import { expect, test } from 'vitest'
import { compileApis } from '../../src/request/apis.ts'
import { parseSecureUrl } from '../../src/secure-url.ts'

const allows = (url: string, apis: string[], exceptApis?: string[]) =>
  compileApis({ apis, exceptApis })(new URL(url).href)

/** The words of a text. */
const words = (text: string) => text.trim().split(/\s+/)

test.each([
  ['https://api.example', 'https://api.example'],
  ['https://api.example', 'https://api.example/v1/shops?postalCode=35000#top'],
  ['https://api.example/', 'https://api.example/v1'],
  ['https://api.example', 'https://API.Example:443/v1'],
  ['https://API.example:443', 'https://api.example/v1'],
  ['https://api.example:8443', 'https://api.example:8443/v1'],
  ['https://api.example/v1', 'https://api.example/v1'],
  ['https://api.example/v1', 'https://api.example/v1/'],
  ['https://api.example/v1/', 'https://api.example/v1'],
  ['https://api.example/v1', 'https://api.example/v1?q=%2e%2e%2f'],
  ['https://api.example/v1', 'https://api.example/v2/../v1/shops'],
  ['https://api.example/v1', 'https://api.example/v1/tel%3A%2B33612345678/a%2Fb'],
  ['https://bücher.example', 'https://xn--bcher-kva.example/v1'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/v1'],
  ['http://localhost:8080', 'http://localhost:8080/v1'],
  ['http://[::1]:8080', 'http://[::1]:8080/v1'],
])('a token for %s goes to %s', (api, url) => {
  expect(allows(url, [api])).toBe(true)
})

test.each([
  ['https://api.example', 'http://api.example/v1'],
  ['https://api.example', 'https://api.example.evil.test/v1'],
  ['https://api.example', 'https://api.example@evil.test/v1'],
  ['https://api.example', 'https://user@api.example/v1'],
  ['https://api.example', 'https://user:pass@api.example/v1'],
  ['https://api.example', 'https://evil.test/https://api.example'],
  ['https://api.example', 'https://evil.test?https://api.example'],
  ['https://api.example', 'https://sub.api.example/v1'],
  ['https://api.example', 'https://api.example./v1'],
  ['https://api.example', 'https://api.example:8443/v1'],
  ['https://api.example', 'https://аpi.example/v1'],
  ['https://api.example', 'blob:https://api.example/v1'],
  ['https://api.example/v1', 'https://api.example/'],
  ['https://api.example/v1', 'https://api.example/v10'],
  ['https://api.example/v1', 'https://api.example/V1'],
  ['https://api.example/v1', 'https://api.example/v1;a'],
  ['https://api.example/v1', 'https://api.example/v1/../v2'],
  ['https://api.example/v1', 'https://api.example/v1/%2e%2e/v2'],
  ['https://api.example/v1', 'https://api.example/v1/.%2E/v2'],
  ['https://api.example/v1', 'https://api.example/v1/..%2Fv2'],
  ['https://api.example/v1', 'https://api.example/v1/..%5cv2'],
  ['https://api.example/v1', 'https://api.example/v1/%2e%2e%2fv2'],
  ['https://api.example/v1', 'https://api.example/v1/%252e%252e%252fv2'],
  ['https://api.example/v1', 'https://api.example/v1/a%2f..'],
  ['https://api.example/v1', 'https://api.example/v1/%25%32%65%25%32%65/v2'],
  ['https://api.example/v1', 'https://api.example/v1/..;/v2'],
  ['https://api.example/v1', 'https://api.example\\@evil.test/v1'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8081/'],
])('a token for %s does not go to %s', (api, url) => {
  expect(allows(url, [api])).toBe(false)
})

test('a token for several APIs goes to each of them', () => {
  expect(allows('https://b.example/v1', ['https://a.example', 'https://b.example'])).toBe(true)
})

test('a line break in the query of a URL changes nothing', () => {
  expect(allows('https://api.example/v1?a\nb/%2e%2e/', ['https://api.example/v1'])).toBe(true)
})

test('an exception excludes whole path segments of an API, in all their spellings', () => {
  const allowed = (url: string) =>
    allows(url, ['https://api.example'], ['https://api.example/users', 'https://x.example'])
  expect(allowed('https://api.example/users')).toBe(false)
  expect(allowed('https://api.example/users/me')).toBe(false)
  expect(allowed('https://api.example/shops/../users/me')).toBe(false)
  expect(allowed('https://api.example//users/me')).toBe(false)
  expect(allowed('https://api.example/%75sers/me')).toBe(false)
  expect(allowed('https://api.example/users;a=1/me?q')).toBe(false)
  expect(allowed('https://api.example/%75sers/%ff')).toBe(false)
  expect(allowed('https://api.example/%2Fusers')).toBe(false)
  expect(allowed('https://api.example/users%2Fme')).toBe(false)
  expect(allowed('https://api.example/%2575sers/me')).toBe(false)
  expect(allowed('https://api.example/users%5Cme')).toBe(false)
  expect(allowed('https://api.example/shops/%E0%A4%A')).toBe(true)
  expect(allowed('https://api.example/users2')).toBe(true)
  expect(allowed('https://api.example/shops')).toBe(true)
})

/** Dots that leave the prefix on some server, after it decoded the path, cut it off, or took other characters for them. */
const climbs = String.raw`
  ..%3fx ..%3Fx ..%23 ..%00 ..%00.png ..%09 ..%0d%0a ..%7f ..%20 ..%a0 ..%c2%a0 ..%5c ..%5Cx ..;a/x ..; ..%3b ..%3ba%2fx
  .%09./x %09../x %20..%2fx .%00%2e/x .%E2%80%8C./x ..%252f ..%25252f %252e%252e/x %25252e%25252e/x ..%253fx ..%2500 %25%32%65%25%32%65/x
  %c0%ae%c0%ae/x %C0%AE%C0%AE%C0%AFx ..%c0%afx ..%c1%9cx ..%c0%2fx %c0%2e%c0%2e/x ..%c1%1cx ..%e0%80%afx ..%f0%80%80%afx %25c0%25ae./x
  ..%ef%bc%8fx %ef%bc%8e%EF%BC%8E/x ..／x ．．/x ..＼x ..%ef%bc%bcx %25ef%25bc%258e./x ․․/x
  ..%u2215x ..%e2%88%95x ..%e2%81%84x ..%u2044x ..∕x ..⁄x ..%E2%88%96x ..%u2216x ..%a5x ..%c2%a5x ..%e2%82%a9x ..%25e2%2588%2595x
  %f8%80%80%80%ae./x %f8%80%80%80%ae%f8%80%80%80%ae/x %fc%80%80%80%80%ae%2e/x ..%f8%80%80%80%afx ..%FC%80%80%80%80%AFx
  ..%fe%80%80%80%80%80%afx %25f8%2580%2580%2580%25ae./x
  ..%u002fx %u002e%u002e/x %uff0e%uff0e/x ..::$DATA/x ..:$i30:$INDEX_ALLOCATION/x
  .%EF%B8%8F.%2fx .%CD%8F./x %E2%80%A8..%2fx ..%E2%80%A9/x %f0%80%80%ae%f0%80%80%ae/x
`

test.each(words(climbs))('a path with hidden dots gets no token: /v1/%s', (path) => {
  for (const between of ['', 'shops/', 'a%2fb/']) {
    expect(allows(`https://api.example/v1/${between}${path}`, ['https://api.example/v1'])).toBe(false)
  }
})

/** Other spellings of `/admin`, for some server. */
const spellings = String.raw`
  ADMIN Admin/x %61dmin %41dmin adm%C4%B1n ADM%C4%B0N admın %ef%bd%81dmin ａｄｍｉｎ adm%u0069n %25252561dmin AD%4dIN.%20
  admin. admin.. admin./x admin... admin%2e admin%20 admin%20.%20/x admin%c2%a0 admin%252e .../admin
  /admin //admin %2fadmin %5cadmin \admin admin%2fx admin%5cx admin\x admin%252fx
  admin;x=1 admin;x/y admin%3bx ;a/admin ;a%2fb/admin ;a%2fb/%2561dmin admin;. admin.;x ADMIN%2e;x
  admin%00 admin%00.html admin%00/x ad%00min ad%E2%80%8Cmin ad%c2%admin%EF%BB%BF ad%09min ad%0amin admin%09 admin%0d%0a ad%2509min
  admin%3fx admin%23 admin%253fx admin::$DATA admin:$i30:$INDEX_ALLOCATION/x
  %F0%9D%90%9Admin %F0%9F%84%B0dmin %25F0%259D%2590%259Admin ad%F0%9D%95%84in %F0%9D%90%9Admin/x 𝐚𝐝𝐦𝐢𝐧
  %20admin %E2%80%83admin %20%20admin/x admin%E2%80%A8 ad%E2%80%A9min ad%EF%B8%8Fmin ad%CD%8Fmin ad%E3%85%A4min ad%E1%85%9Fmin
  ad%F3%A0%84%80min
`

test.each(words(spellings))('an exception covers other spellings of its path: /v1/%s', (path) => {
  const [apis, exceptApis] = [['https://api.example/v1'], ['https://api.example/v1/admin']]
  expect(allows(`https://api.example/v1/${path}`, apis)).toBe(true)
  expect(allows(`https://api.example/v1/${path}`, apis, exceptApis)).toBe(false)
})

test.each([
  ['/keys', '%E2%84%AAeys'],
  ['/keys', 'key%C5%BF'],
  ['/Users', 'users'],
  ['/caf%C3%A9', 'CAF%C3%89'],
  ['/caf%C3%A9/x', 'caf%C3%A9/%2578'],
  ['/a b', 'a%20b'],
  ['/%61dmin', 'admin'],
  ['/a;b', 'a'],
  ['/a.', 'A'],
  ['/a:/admin', 'a://admin'],
  ['', 'anything'],
])('an exception %s covers /v1/%s', (exception, path) => {
  const api = 'https://api.example/v1'
  expect(allows(`${api}/${path}`, [api], [`${api}${exception}`])).toBe(false)
})

/** Paths that have only one reading, or whose readings all stay inside. */
const plain = String.raw`
  a..b ... v1.0 .hidden ..hidden ...txt a.. a%2e 1. a%20b my.admin administrator admin2 x/admin
  %C3%A9t%C3%A9 %e9t%e9 %F0%9F%98%80 %E6%BC%A2 adm%C3%ADn admin%F0%9F%98%80 %C3%9F %ff 100%25 %E0%A4%A a%u00e9 a%E2%88%95b 1%C2%BD %C2%A5100 %E2%82%A9..a
  tel%3A%2B33 a%2Fb a%2f..b a//b a;b=c/d users:batchGet a%0Ab a?b=..%2f a?x=/../admin#..
`

test.each(words(plain))('a plain path of the API gets its token: /v1/%s', (path) => {
  const [apis, exceptApis] = [['https://api.example/v1'], ['https://api.example/v1/admin']]
  expect(allows(`https://api.example/v1/${path}`, apis, exceptApis)).toBe(true)
})

// A check whose work grows with the square of the length would take minutes for one of these.
test.each([
  '.',
  '%2e',
  '%25',
  '%252525',
  ';',
  '/',
  '%2f/',
  '%20',
  ':',
  ':%24',
  '::$',
  '%09',
  '%c0',
  '..;',
  'é',
  '.a',
  'a://',
])('a long path of %s is checked at once', (piece) => {
  const path = piece.repeat(1_000_000 / piece.length)
  const [apis, exceptApis] = [['https://api.example/v1'], ['https://api.example/v1/admin']]
  expect(allows(`https://api.example/v1/${path}x`, apis, exceptApis)).toBeTypeOf('boolean')
})

test.each(['%20', '...', '%20.', '%2e%20x', ';a', '%3Ba', '::$DATA', ':$a'])(
  'an exception /v1/%s excludes no more than that',
  (name) => {
    const allowed = (path: string) =>
      allows(`https://api.example/v1/${path}`, ['https://api.example/v1'], [`https://api.example/v1/${name}`])
    expect([allowed(name), allowed(`${name}/x`), allowed(`${name}?x`)]).toEqual([false, false, false])
    expect([allowed('shops'), allowed('a%20b'), allowed('a.'), allowed('')]).toEqual([true, true, true, true])
  },
)

test.each([300, 100_000])('a path that is encoded %d times gets no token, and is checked at once', (times) => {
  const path = `%${'25'.repeat(times)}2e`
  expect(allows(`https://api.example/v1/${path}`, ['https://api.example/v1'])).toBe(false)
})

test.each([
  [[], 'apis is empty'],
  [['api.example/v1'], 'API URL 1 of 1 is not an absolute URL'],
  [['https://a.example', 'http://api.example'], 'API URL 2 of 2 must be https:'],
  [['http://127.evil.test'], 'API URL 1 of 1 must be https:'],
  [['http://localhost.evil.test'], 'API URL 1 of 1 must be https:'],
  [['ftp://api.example'], 'API URL 1 of 1 must be https:'],
  [['ftp://localhost'], 'API URL 1 of 1 must be https:'],
  [['http://notlocalhost'], 'API URL 1 of 1 must be https:'],
  [['http://127.0.0.1.evil.test'], 'API URL 1 of 1 must be https:'],
  [['https://hunter2@api.example'], 'API URL 1 of 1 must not hold a user name or password'],
  [['https://:hunter2@api.example'], 'API URL 1 of 1 must not hold a user name or password'],
  [['https://user:hunter2@api.example'], 'API URL 1 of 1 must not hold a user name or password'],
  [['https://api.example?key=hunter2'], 'API URL 1 of 1 must have no query and no fragment'],
  [['https://api.example#hunter2'], 'API URL 1 of 1 must have no query and no fragment'],
])('the APIs %j are a TypeError: %s', (apis, message) => {
  const check = () => compileApis({ apis })
  expect(check).toThrow(TypeError)
  expect(check).toThrow(message)
  expect(check).not.toThrow('hunter2')
})

test('exceptApis are checked like apis', () => {
  expect(() => compileApis({ apis: ['https://api.example'], exceptApis: ['users'] })).toThrow(TypeError)
})

test('an http: endpoint is allowed on loopback only', () => {
  expect(parseSecureUrl('http://127.1.2.3:99/token', 'it').hostname).toBe('127.1.2.3')
  expect(() => parseSecureUrl('http://id.example/token', 'the endpoint')).toThrow('the endpoint must be https:')
})
