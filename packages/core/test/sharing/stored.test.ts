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
    lifetime: endsIn,
    clockOffset: Number.NEGATIVE_INFINITY,
  },
  unsaved: isUnsaved
    ? {
        token: { accessToken: 'mine' },
        retryAt: 0,
        replaces: () => true,
        retry: async () => {},
        finish: async () => {},
        held: undefined,
      }
    : undefined,
})

const empty = createState('key')

const attempt = (reason: Attempt['reason'], rejected?: string): Attempt => ({
  reason,
  rejected,
  isCurrent: () => true,
  checkCurrent: () => {},
  checkLimit: () => {},
  mayBridge: () => false,
  markRedeeming: () => {},
  markAnswered: () => {},
})

test.each<[what: string, stored: Stored, state: TokenState, attempt: Attempt, expected: boolean]>([
  ['a stored token is adopted if memory has none', token('theirs', 1), empty, attempt('absent'), true],
  ['a stored token without expiresAt is adopted', { accessToken: 'theirs' }, empty, attempt('absent'), true],
  ['nothing is adopted from a store without a token', null, empty, attempt('absent'), false],
  ['nothing is adopted from a store that could not be read', undefined, empty, attempt('absent'), false],
  ['an expired token is not adopted', token('theirs', 0), empty, attempt('absent'), false],
  ['the rejected token is not adopted', token('mine', 1), memory(1), attempt('rejected', 'mine'), false],
  ['a token other than the rejected one is adopted', token('theirs', 1), memory(9), attempt('rejected', 'mine'), true],
  ['a token that outlives the ageing one is adopted', token('theirs', 2), memory(1), attempt('ageing'), true],
  [
    'a token that expires together with the ageing one is not adopted',
    token('theirs', 1),
    memory(1),
    attempt('ageing'),
    false,
  ],
  [
    'a token that an unsaved one replaces is not adopted, even if it expires later',
    token('theirs', 2),
    memory(1, 'r', true),
    attempt('rejected', 'mine'),
    false,
  ],
])('%s', (_what, stored, state, own, expected) => {
  expect(isNewer(stored, state, own)).toBe(expected)
})

test.each<[what: string, stored: Stored, state: TokenState, isUser: boolean, expected: string | undefined]>([
  ['the one in the store', token('theirs', 1, 'stored'), memory(1, 'own'), true, 'stored'],
  ['the one in memory if the stored token has none', token('theirs', 1), memory(1, 'own'), true, 'own'],
  ['the one in memory if the store could not be read', undefined, memory(1, 'own'), true, 'own'],
  ['none if the user has logged out', null, memory(1, 'own'), true, undefined],
  ["the one in memory if an application's entry is gone", null, memory(1, 'own'), false, 'own'],
  ['the one in memory if it is unsaved', token('theirs', 1, 'stored'), memory(1, 'own', true), true, 'own'],
  ['the one in memory if it is unsaved and the entry is gone', null, memory(1, 'own', true), true, 'own'],
  [
    'the one in the store if the unsaved token has none',
    token('theirs', 1, 'stored'),
    memory(1, undefined, true),
    true,
    'stored',
  ],
  ['none if neither has one', token('theirs', 1), empty, true, undefined],
])('the refresh token to redeem is %s', (_what, stored, state, isUser, expected) => {
  const grant = isUser ? { name: 'g', identity: '' } : { name: 'g', identity: '', parameters: () => ({}) }
  expect(refreshTokenOf(stored, state, { key: undefined, grant })).toBe(expected)
})

test.each<[what: string, before: Stored, after: Stored, isUser: boolean, expected: boolean]>([
  ["a user's entry that is gone was replaced: the user has logged out", token('a', 1, 'r'), null, true, true],
  ["an application's entry that is gone was not replaced", token('a', 1, 'r'), null, false, false],
  [
    "a user's entry without a refresh token that is gone was not replaced: it expired",
    token('a', 1),
    null,
    true,
    false,
  ],
  ['an entry that can no longer be read was not replaced', token('a', 1, 'r'), undefined, true, false],
  ['an entry with the refresh token of a new sign-in was replaced', token('a', 1, 'r'), token('b', 1, 's'), true, true],
  ['a missing entry was replaced if a first sign-in is there now', null, token('b', 1, 's'), true, true],
  ['an entry with the same refresh token was not replaced', token('a', 1, 'r'), token('b', 1, 'r'), true, false],
  ['an entry that was missing before and is missing now was not replaced', null, null, true, false],
])('%s', (_what, before, after, isUser, expected) => {
  expect(isReplaced(before, after, isUser)).toBe(expected)
})
