import { expect, test } from 'vitest'
import { OAuthError, type OAuthErrorCode, type OAuthErrorDetails } from '../../src/index.ts'
import { retryAt } from '../../src/life/back-off.ts'

const now = 1_000_000

/** Returns how long the next attempt waits after `count` failures in a row, the last of which just happened. */
function delay(error: Error, count: number, isServing: boolean): number {
  return retryAt({ error, reason: 'absent', at: now, count }, isServing, now) - now
}

const failed = (code: OAuthErrorCode, details: OAuthErrorDetails = {}) => new OAuthError(code, 'failed', details)
const down = failed('TOKEN_UNAVAILABLE')

test.each<[what: string, error: Error, isServing: boolean, seconds: number[]]>([
  ['without a token, an attempt is made each second', down, false, [1, 1, 1, 1]],
  ['while a token serves calls, attempts become rarer, down to two a minute', down, true, [1, 2, 4, 8, 16, 30, 30]],
  [
    'after a refusal of the client, attempts become rarer, down to one a minute',
    failed('TOKEN_REFUSED'),
    false,
    [1, 2, 4, 8, 16, 32, 60, 60],
  ],
  [
    'after a refusal of the client, a token that serves calls does not change the waits',
    failed('TOKEN_REFUSED'),
    true,
    [1, 2, 4, 8, 16, 32, 60],
  ],
  [
    'an error status without an OAuth error counts as a refusal',
    failed('TOKEN_MALFORMED', { status: 403 }),
    false,
    [1, 2, 4],
  ],
  [
    'after a malformed success, an attempt is made each second',
    failed('TOKEN_MALFORMED', { status: 200 }),
    false,
    [1, 1, 1],
  ],
  [
    'after an error from elsewhere, such as a vault, an attempt is made each second',
    new Error('of a vault'),
    false,
    [1, 1, 1],
  ],
])('%s', (_what, error, isServing, seconds) => {
  expect(seconds.map((_, index) => delay(error, index + 1, isServing) / 1000)).toEqual(seconds)
})

test.each([
  ['is respected', 20_000, 20_000],
  ['is respected for ten minutes at most', 86_400_000, 600_000],
  ['does not shorten the wait', 10, 1000],
])('a retry time from the server %s', (_what, named, expected) => {
  expect(delay(failed('TOKEN_UNAVAILABLE', { retryAt: now + named }), 1, false)).toBe(expected)
})

test('a failure with a time in the future, after the clock was set back, delays nothing', () => {
  expect(retryAt({ error: down, reason: 'absent', at: now + 1, count: 1 }, false, now)).toBe(0)
})

test('after a thousand failures in a row, the wait is still 30 s', () => {
  expect(delay(down, 1000, true)).toBe(30_000)
})

test.each([
  ['status', 403, down],
  ['status', 200, failed('TOKEN_MALFORMED')],
  ['retryAt', now + 20_000, down],
])('a %s that is planted into Object.prototype changes no wait', (name, value, error) => {
  const usual = delay(error, 3, false)
  // oxlint-disable-next-line no-extend-native -- that is what the test is about
  Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })
  const planted = delay(error, 3, false)
  Reflect.deleteProperty(Object.prototype, name)
  expect(planted).toBe(usual)
})
