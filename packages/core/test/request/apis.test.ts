import { expect, test } from 'vitest'
import { compileApis } from '../../src/request/apis.ts'
import { parseSecureUrl } from '../../src/secure-url.ts'

const allows = (url: string, apis: string[], exceptApis?: string[]) =>
  compileApis({ apis, exceptApis })(new URL(url).href)

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
  [['https://api.example?key=hunter2'], 'API URL 1 of 1 must end with its path'],
  [['https://api.example#hunter2'], 'API URL 1 of 1 must end with its path'],
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
