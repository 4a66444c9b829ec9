import { useFakeTime } from '../fake-time.ts'
import { expect, test, vi } from 'vitest'
import type { Token } from '../../src/index.ts'
import { accessTokenOf, createDatabase, until } from '../database.ts'
import { deferred, errorOf, grant, refusal, signedIn, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

/** Fakes the monotonic clock, which follows the timers, and returns a function that sets the wall clock only. */
function fakeClocks() {
  const startedAt = Date.now()
  let ahead = 0
  vi.spyOn(performance, 'now').mockImplementation(() => Date.now() - startedAt - ahead)
  return {
    setWallClock: (ms: number) => {
      ahead += ms
      vi.setSystemTime(Date.now() + ms)
    },
    /** Time that only the wall clock counts, such as while the machine sleeps. */
    sleep: (ms: number) => {
      ahead += ms
      vi.setSystemTime(Date.now() + ms)
    },
  }
}

const hour = 3600

test.each([1, 60, hour, 24 * hour, 365 * 24 * hour])(
  'a token of one hour is not used for longer if the wall clock is set back by %i s',
  async (back) => {
    const { setWallClock } = fakeClocks()
    const source = sourceOver(tokenEndpoint())
    await source.getToken()
    await seconds(hour / 2)
    setWallClock(-back * 1000)
    await seconds(hour / 2 - 1)
    expect(source.peek()).toBe('Bearer token-1')
    await seconds(1)
    expect(source.peek()).not.toBe('Bearer token-1')
    expect((await source.getToken()).accessToken).not.toBe('token-1')
  },
)

test('a token is not used for longer if the wall clock is set back while it is stored', async () => {
  const { setWallClock } = fakeClocks()
  const database = createDatabase()
  const store = database.open({ set: async () => setWallClock(-hour * 1000) })
  const source = sourceOver(tokenEndpoint(), { store })
  expect((await source.getToken()).accessToken).toBe('token-1')
  await seconds(hour - 1)
  expect(source.peek()).toBe('Bearer token-1')
  await seconds(1)
  expect(source.peek()).not.toBe('Bearer token-1')
})

test.each([
  ['memory', {}],
  ['a store', { store: new Map<string, Token>() }],
])('a token that ended is not used again from %s after the wall clock is set back', async (_where, options) => {
  const { setWallClock } = fakeClocks()
  const source = sourceOver(tokenEndpoint(), options)
  await source.getToken()
  await seconds(hour)
  setWallClock(-hour * 1000)
  expect((await source.getToken()).accessToken).toBe('token-2')
})

test('a token is renewed in time although the wall clock was set back', async () => {
  const { setWallClock } = fakeClocks()
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint)
  await source.getToken()
  setWallClock(-hour * 1000)
  await seconds(3400)
  expect(source.peek()).toBe('Bearer token-1')
  await seconds(0)
  expect(source.peek()).toBe('Bearer token-2')
})

test('a token that ended while the machine slept is not used, although the monotonic clock stood still', async () => {
  const { sleep } = fakeClocks()
  const source = sourceOver(tokenEndpoint())
  await source.getToken()
  sleep(hour * 1000)
  expect(source.peek()).toBeUndefined()
})

test('a monotonic clock that goes back changes nothing', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000_000)
  const source = sourceOver(tokenEndpoint())
  await source.getToken()
  now.mockReturnValue(0)
  await seconds(3200)
  expect(source.peek()).toBe('Bearer token-1')
  await seconds(400)
  expect(source.peek()).toBeUndefined()
})

test('a clock that is set back while many tokens were issued does not block token requests', async () => {
  const source = sourceOver(tokenEndpoint(), { maxTokenRequestsPerMinute: 1 })
  await source.getToken()
  await source.clear()
  vi.setSystemTime(Date.now() - hour * 1000)
  expect((await source.getToken()).accessToken).toBe('token-2')
})

test('a refresh token is still used after the wall clock was set back', async () => {
  const { setWallClock } = fakeClocks()
  const endpoint = tokenEndpoint(grant('token-1', { refresh_token: 'refresh-1' }), refusal('invalid_client', 401))
  const source = sourceOver(endpoint, { grant: signedIn })
  await source.setToken({ accessToken: 'token-0', refreshToken: 'refresh-0', expiresAt: Date.now() + 1000 })
  setWallClock(-hour * 1000)
  await seconds(1)
  expect((await source.getToken()).accessToken).toBe('token-1')
  expect(await errorOf(source.getToken({ rejected: 'token-1' }))).toMatchObject({ code: 'TOKEN_REFUSED' })
})

test.each([-hour, hour])(
  'a clock that is set by %i s during the token request does not make the token last longer',
  async (by) => {
    const { setWallClock } = fakeClocks()
    const answer = deferred<Response>()
    const source = sourceOver(tokenEndpoint(answer.promise))
    const token = source.getToken()
    await seconds(1)
    setWallClock(by * 1000)
    answer.resolve(grant('token-1'))
    await token
    await seconds(hour - 1)
    expect(source.peek()).toBeUndefined()
  },
)

test('after the clock was set back, processes with a store share the next token', async () => {
  const { setWallClock } = fakeClocks()
  const endpoint = tokenEndpoint()
  const store = createDatabase()
  const processes = Array.from({ length: 4 }, () => sourceOver(endpoint, { store: store.open({ lock: store.lock }) }))
  for (const source of processes) await source.getToken()
  await seconds(hour / 2)
  setWallClock(-2 * hour * 1000)
  await seconds(hour / 2)
  for (const source of processes) expect(await accessTokenOf(source)).toBe('token-2')
  expect(endpoint.requests).toHaveLength(2)
})

test('after the clock was set back, a background renewal finds the token of another process', async () => {
  const { setWallClock } = fakeClocks()
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const [one, other] = [1, 2].map(() => sourceOver(endpoint, { store: database.open() }))
  await one?.getToken()
  await other?.getToken()
  await seconds(hour / 2)
  setWallClock(-2 * hour * 1000)
  await seconds(0.45 * hour)
  for (const source of [one, other]) {
    source?.peek()
    await until(() => source?.peek() === 'Bearer token-2')
  }
  expect(endpoint.requests).toHaveLength(2)
})

test('a machine that sleeps during the token request does not use the token for longer', async () => {
  const { sleep } = fakeClocks()
  const answer = deferred<Response>()
  const source = sourceOver(tokenEndpoint(answer.promise))
  const token = source.getToken()
  await seconds(1)
  sleep((hour / 2) * 1000)
  answer.resolve(grant('token-1'))
  await token
  await seconds(hour / 2)
  expect(source.peek()).toBeUndefined()
})
