import { afterEach, expect, test, vi } from 'vitest'
import { startProvider } from './signing-provider.ts'
import { errorOf } from './support.ts'

afterEach(() => vi.useRealTimers())

/** Starts a provider whose clock is this far ahead of the clock here. `at` returns its time in seconds. */
async function startAhead(seconds: number, own: Parameters<typeof startProvider>[0] = {}) {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 1_800_000_000_000 })
  const at = (more = 0) => Math.floor(Date.now() / 1000) + seconds + more
  const { enter, loseKeys } = await startProvider({ date: () => new Date(at() * 1000).toUTCString(), ...own })
  /** Signs a user in with an ID token that is right by the clock of the provider. */
  const enterAs = (claims: object = {}, start = {}) => enter({ iat: at(), exp: at(60), ...claims }, {}, start)
  return { enterAs, at, loseKeys }
}

test.each([
  ['from the future', 'behind', 600, '600 s behind', {}, {}, 'TOKEN_MALFORMED'],
  ['from the future', 'a little behind', 31, '31 s behind', {}, {}, 'TOKEN_MALFORMED'],
  ['that is not valid yet', 'behind', 600, '600 s behind', { nbf: 1_800_000_600 }, {}, 'TOKEN_MALFORMED'],
  ['that has expired', 'ahead', -600, '600 s ahead of', {}, {}, 'TOKEN_MALFORMED'],
  [
    'of a sign-in that is too old',
    'ahead',
    -300,
    '300 s ahead of',
    { exp: 1_800_000_300, auth_time: 1_799_999_700 },
    { maxAge: 60 },
    'TOKEN_MISSING',
  ],
] as const)(
  'an ID token %s is blamed on the clock of this machine, if that is %s',
  async (_what, _how, ahead, said, claims, start, code) => {
    const { enterAs } = await startAhead(ahead)
    const error = await errorOf(enterAs(claims, start))
    expect(error).toMatchObject({ name: 'OAuthError', code, message: expect.stringContaining(`is ${said} the clock`) })
    expect(String(error)).toContain('set the clock of this machine, such as with NTP')
    expect(String(error)).not.toContain('do not trust')
  },
)

test.each<[string, number, object, NonNullable<Parameters<typeof startProvider>[0]>]>([
  ['the two clocks agree', 0, { iat: 1_800_000_600, exp: 1_800_000_900 }, {}],
  ['the clocks differ by 30 s', 30, { iat: 1_800_000_600, exp: 1_800_000_900 }, {}],
  ['the clocks differ by 30 s and no tolerance is allowed', 30, {}, { clockToleranceMs: 0 }],
  ['the ID token is wrong by the clock of the provider too', 600, { iat: 1_800_003_600, exp: 1_800_007_200 }, {}],
  ['the clock is wrong in the other direction', -600, { iat: 1_800_003_600, exp: 1_800_007_200 }, {}],
  ['the answer has no Date', 600, {}, { date: () => '' }],
  ['the Date cannot be read', 600, {}, { date: () => 'soon' }],
])('the clock is not blamed if %s', async (_why, ahead, claims, own) => {
  const { enterAs } = await startAhead(ahead, own)
  const error = await errorOf(enterAs(claims))
  expect(error).toMatchObject({ code: 'TOKEN_MALFORMED', message: expect.stringContaining('do not trust this answer') })
  expect(String(error)).toContain('check the clock of this machine; if it is right,')
})

test('a wrong ID token is refused for its own reason, even if the clock is wrong', async () => {
  const { enterAs } = await startAhead(600)
  expect(String(await errorOf(enterAs({ nonce: 'another' })))).toContain('nonce')
  expect(String(await errorOf(enterAs({ nonce: 'another' })))).not.toContain('clock')
})

test.each([
  ['has expired', { iat: 1_799_999_000, exp: 1_800_000_040 }],
  ['is from the future', { iat: 1_800_000_160, exp: 1_800_000_900 }],
])('the time that an answer takes is no difference of the clocks: the ID token %s', async (_what, claims) => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 1_800_000_000_000 })
  /** The answer takes 100 s, and the server writes the header after half of them. */
  const date = () => {
    vi.setSystemTime(Date.now() + 100_000)
    return new Date(Date.now() - 50_000).toUTCString()
  }
  const { enter } = await startProvider({ date })
  const error = await errorOf(enter(claims))
  expect(error).toMatchObject({ code: 'TOKEN_MALFORMED' })
  expect(String(error)).not.toContain('by its Date header')
})

test('keys that cannot be fetched are not blamed on the clock', async () => {
  const { enterAs, loseKeys } = await startAhead(600, { clockToleranceMs: 300_000 })
  loseKeys()
  expect(await errorOf(enterAs({ iat: 1_800_000_000 }))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test.each([
  [undefined, 30, 31],
  [0, 0, 1],
  [5000, 5, 6],
  [300_000, 300, 301],
])('with a clockToleranceMs of %s, times may be wrong by %i s, but not by %i s', async (tolerance, good, bad) => {
  const { enterAs, at } = await startAhead(0, { clockToleranceMs: tolerance })
  await expect(enterAs({ iat: at(good), exp: at(good + 60) })).resolves.toBeDefined()
  await expect(enterAs({ nbf: at(good) })).resolves.toBeDefined()
  // `exp` is the first second in which the token has expired.
  await expect(enterAs({ iat: at(-900), exp: at(1 - good) })).resolves.toBeDefined()
  await expect(enterAs({ auth_time: at(-60 - good) }, { maxAge: 60 })).resolves.toBeDefined()
  for (const claims of [{ iat: at(bad), exp: at(bad + 60) }, { nbf: at(bad) }, { iat: at(-900), exp: at(1 - bad) }]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await errorOf(enterAs(claims))).toMatchObject({ code: 'TOKEN_MALFORMED' })
  }
  const tooOld = enterAs({ auth_time: at(-60 - bad) }, { maxAge: 60 })
  expect(await errorOf(tooOld)).toMatchObject({ code: 'TOKEN_MISSING' })
})
