import { expect, test } from 'vitest'
import { createState, type TokenState } from '../../src/life/state.ts'
import type { Attempt } from '../../src/life/token-cache.ts'
import { isNewer, isReplaced, refreshTokenOf, type Stored } from '../../src/sharing/stored.ts'
import { useFakeTime } from '../fake-time.ts'

useFakeTime()
const now = 1_000_000

const token = (accessToken: string, endsIn: number, refreshToken?: string) => ({
  accessToken,
  expiresAt: now + endsIn,
  ...(refreshToken && { refreshToken }),
})

/** A state with a token in memory. */
const memory = (endsIn: number, refreshToken?: string, isUnsaved = false): TokenState => ({
  ...createState('key'),
  cached: {
    token: token('mine', endsIn, refreshToken),
    authorization: 'Bearer mine',
    renewAt: now,
    expiresAt: now + endsIn,
  },
  isUnsaved,
})

const empty = createState('key')

const attempt = (reason: Attempt['reason'], rejected?: string): Attempt => ({
  reason,
  rejected,
  isCurrent: () => true,
  checkCurrent: () => {},
  checkLimit: () => {},
})

test.each<[what: string, stored: Stored, state: TokenState, attempt: Attempt, expected: boolean]>([
  ['a token, where memory has none', token('theirs', 1), empty, attempt('absent'), true],
  ['a token without an end', { accessToken: 'theirs' }, empty, attempt('absent'), true],
  ['no token', null, empty, attempt('absent'), false],
  ['what could not be read', undefined, empty, attempt('absent'), false],
  ['an expired one', token('theirs', 0), empty, attempt('absent'), false],
  ['the rejected one', token('mine', 1), memory(1), attempt('rejected', 'mine'), false],
  ['another than the rejected one', token('theirs', 1), memory(9), attempt('rejected', 'mine'), true],
  ['one that outlives the ageing one', token('theirs', 2), memory(1), attempt('ageing'), true],
  ['one that ends with the ageing one', token('theirs', 1), memory(1), attempt('ageing'), false],
  ['one that outlives an unsaved one', token('theirs', 2), memory(1, 'r', true), attempt('rejected', 'mine'), true],
  ['one that ends with an unsaved one', token('theirs', 1), memory(1, 'r', true), attempt('rejected', 'mine'), false],
])('whether it is adopted: %s', (_what, stored, state, own, expected) => {
  expect(isNewer(stored, state, own)).toBe(expected)
})

test.each<[what: string, stored: Stored, state: TokenState, isUser: boolean, expected: string | undefined]>([
  ["the store's", token('theirs', 1, 'stored'), memory(1, 'own'), true, 'stored'],
  ["memory's, where the store's token has none", token('theirs', 1), memory(1, 'own'), true, 'own'],
  ["memory's, where the store could not be read", undefined, memory(1, 'own'), true, 'own'],
  ['none, where the user has logged out', null, memory(1, 'own'), true, undefined],
  ["memory's, where the entry of an application is gone", null, memory(1, 'own'), false, 'own'],
  ["memory's, where it is unsaved", token('theirs', 1, 'stored'), memory(1, 'own', true), true, 'own'],
  ["memory's, where it is unsaved and the entry is gone", null, memory(1, 'own', true), true, 'own'],
  [
    "the store's, where it outlives the unsaved one",
    token('theirs', 2, 'stored'),
    memory(1, 'own', true),
    true,
    'stored',
  ],
  [
    "the store's, where the unsaved one has none",
    token('theirs', 1, 'stored'),
    memory(1, undefined, true),
    true,
    'stored',
  ],
  ['none, where there is none', token('theirs', 1), empty, true, undefined],
])('the refresh token to redeem is %s', (_what, stored, state, isUser, expected) => {
  expect(refreshTokenOf(stored, state, isUser)).toBe(expected)
})

test.each<[what: string, before: Stored, after: Stored, isUser: boolean, expected: boolean]>([
  ['a user who logged out', token('a', 1, 'r'), null, true, true],
  ['an application whose entry is gone', token('a', 1, 'r'), null, false, false],
  ['a user whose entry without a refresh token has ended', token('a', 1), null, true, false],
  ['a store that cannot be read any more', token('a', 1, 'r'), undefined, true, false],
  ['a new sign-in', token('a', 1, 'r'), token('b', 1, 's'), true, true],
  ['a first sign-in', null, token('b', 1, 's'), true, true],
  ['the same refresh token', token('a', 1, 'r'), token('b', 1, 'r'), true, false],
  ['nothing before and after', null, null, true, false],
])('whether the entry was replaced: %s', (_what, before, after, isUser, expected) => {
  expect(isReplaced(before, after, isUser)).toBe(expected)
})
