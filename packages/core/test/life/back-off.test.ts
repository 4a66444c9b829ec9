import { expect, test } from 'vitest'
import { OAuthError, type OAuthErrorCode, type OAuthErrorDetails } from '../../src/index.ts'
import { retryAt } from '../../src/life/back-off.ts'

const now = 1_000_000

/** How long the next attempt waits after so many failures in a row, of which the last is of now. */
function delay(error: Error, count: number, isServing: boolean): number {
  return retryAt({ error, reason: 'absent', at: now, count }, isServing, now) - now
}

const failed = (code: OAuthErrorCode, details: OAuthErrorDetails = {}) => new OAuthError(code, 'failed', details)
const down = failed('TOKEN_UNAVAILABLE')

test.each<[what: string, error: Error, isServing: boolean, seconds: number[]]>([
  ['without a token: each second', down, false, [1, 1, 1, 1]],
  ['while a token serves calls: ever less often, down to twice a minute', down, true, [1, 2, 4, 8, 16, 30, 30]],
  [
    'a refused client: ever less often, down to once a minute',
    failed('TOKEN_REFUSED'),
    false,
    [1, 2, 4, 8, 16, 32, 60, 60],
  ],
  ['a refused client, while a token serves calls: the same', failed('TOKEN_REFUSED'), true, [1, 2, 4, 8, 16, 32, 60]],
  ['a refusal that OAuth does not know: the same', failed('TOKEN_MALFORMED', { status: 403 }), false, [1, 2, 4]],
  ['a success that is malformed: each second', failed('TOKEN_MALFORMED', { status: 200 }), false, [1, 1, 1]],
  ['an error that is not ours: each second', new Error('of a vault'), false, [1, 1, 1]],
])('%s', (_what, error, isServing, seconds) => {
  expect(seconds.map((_, index) => delay(error, index + 1, isServing) / 1000)).toEqual(seconds)
})

test.each([
  ['is kept', 20_000, 20_000],
  ['is kept for ten minutes at most', 86_400_000, 600_000],
  ['does not shorten the wait', 10, 1000],
])('a time that the server names %s', (_what, named, expected) => {
  expect(delay(failed('TOKEN_UNAVAILABLE', { retryAt: now + named }), 1, false)).toBe(expected)
})

test('a failure of the future, since the clock was set back, holds up nothing', () => {
  expect(retryAt({ error: down, reason: 'absent', at: now + 1, count: 1 }, false, now)).toBe(0)
})

test('a thousand failures in a row wait no longer than a few', () => {
  expect(delay(down, 1000, true)).toBe(30_000)
})
