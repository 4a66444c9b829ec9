import { useFakeTime } from '../fake-time.ts'
import { expect, test, vi } from 'vitest'
import type { Token, TokenEvent } from '../../src/index.ts'
import { errorOf, grant, refusal, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

/** A token endpoint that computes each answer when the request comes, and remembers the times in seconds. */
function endpointThat(answer: () => Response | Error) {
  const at: number[] = []
  const fetch: typeof globalThis.fetch = async () => {
    at.push((Date.now() - 1_000_000) / 1000)
    const given = answer()
    if (given instanceof Error) throw given
    return given
  }
  return { fetch, at }
}

/** Asks for a token ten times a second, and returns how many calls failed so far. */
async function askFor(source: ReturnType<typeof sourceOver>, duration: number): Promise<number> {
  let failures = 0
  for (let tenth = 0; tenth < duration * 10; tenth += 1) {
    source.getToken().catch(() => (failures += 1))
    await seconds(0.1)
  }
  return failures
}

const down = () => new TypeError('fetch failed')

test('without a token, one attempt is made each second after the bridge, and the first one after the server is back succeeds', async () => {
  const endpoint = endpointThat(() => (Date.now() < 1_030_500 ? down() : grant('token-1')))
  const source = sourceOver(endpoint)
  await askFor(source, 30)
  expect(endpoint.at.length).toBeLessThanOrEqual(31)
  expect(endpoint.at.slice(0, 5)).toEqual([0, 0.25, 1, 2, 3])
  expect(await askFor(source, 0.6)).toBeGreaterThan(0)
  expect(await askFor(source, 1.1)).toBeLessThanOrEqual(5)
  expect(source.peek()).toBe('Bearer token-1')
})

test('while a token is valid, calls continue with it, and attempts become rarer: after 1, 2, 4, 8, 16, then 30 s', async () => {
  const endpoint = endpointThat(() => (endpoint.at.length === 1 ? grant('token-1') : down()))
  const source = sourceOver(endpoint)
  await source.getToken()
  await seconds(3300)
  expect(await askFor(source, 100)).toBe(0)
  const [first = 0, ...later] = endpoint.at.slice(1)
  expect(first).toBe(3300)
  expect(later.map((instant) => Math.round(instant - first))).toEqual([1, 3, 7, 15, 31, 61, 91])
})

test('after the token has expired, one attempt is made each second again', async () => {
  const endpoint = endpointThat(() => (endpoint.at.length === 1 ? grant('token-1', { expires_in: 100 }) : down()))
  const source = sourceOver(endpoint)
  await source.getToken()
  await seconds(90)
  await askFor(source, 10)
  const before = endpoint.at.length
  await askFor(source, 10)
  expect(endpoint.at.length - before).toBeGreaterThanOrEqual(9)
})

test('a refused client sends token requests less and less often, down to one a minute', async () => {
  const endpoint = endpointThat(() => refusal('invalid_client', 401))
  await askFor(sourceOver(endpoint), 240)
  const gaps = endpoint.at.slice(1).map((instant, index) => Math.round(instant - (endpoint.at[index] ?? 0)))
  expect(gaps).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
})

test('a clock that is set back does not delay recovery', async () => {
  const endpoint = endpointThat(() => (endpoint.at.length <= 3 ? down() : grant('token-1')))
  const source = sourceOver(endpoint)
  const error = errorOf(source.getToken())
  await seconds(1)
  await error
  vi.setSystemTime(Date.now() - 900_000)
  expect((await source.getToken()).accessToken).toBe('token-1')
})

test('a clock that is set back does not delay the next look-up of a credential', async () => {
  let isDown = true
  const clientSecret = async () => {
    if (isDown) throw new Error('down')
    return 'secret'
  }
  const source = sourceOver(tokenEndpoint(), { store: new Map<string, Token>(), clientSecret })
  await errorOf(source.getToken())
  isDown = false
  vi.setSystemTime(Date.now() - 900_000)
  await seconds(1)
  expect((await source.getToken()).accessToken).toBe('token-1')
})

test('the renewal of a rejected token does not wait for the back-off of failed background renewals', async () => {
  const endpoint = endpointThat(() => (endpoint.at.length === 1 || Date.now() > 4_340_000 ? grant('token') : down()))
  const source = sourceOver(endpoint)
  await source.getToken()
  await seconds(3300)
  await askFor(source, 35)
  await seconds(6)
  expect((await source.getToken({ rejected: 'token' })).accessToken).toBe('token')
})

test.each([401, 403, 404])(
  'a server that answers %i without an OAuth error does not get a token request each second either',
  async (status) => {
    const endpoint = endpointThat(() => new Response('Unauthorized', { status }))
    await askFor(sourceOver(endpoint), 60)
    expect(endpoint.at.length).toBeLessThanOrEqual(7)
  },
)

test('a waitUntil that throws changes nothing', async () => {
  const endpoint = tokenEndpoint()
  const waitUntil = () => {
    throw new TypeError('Illegal invocation')
  }
  const source = sourceOver(endpoint, { waitUntil })
  await Promise.all(Array.from({ length: 100 }, () => source.getToken()))
  expect(endpoint.requests).toHaveLength(1)
})

test('with real timers, which are not exact, a server that hangs gets one request, and all callers get its error', async () => {
  vi.useRealTimers()
  let requests = 0
  const fetch = () => {
    requests += 1
    return new Promise<never>(() => {})
  }
  const source = sourceOver({ fetch }, { timeoutMs: 100 })
  const errors = [errorOf(source.getToken())]
  const failed: unknown[] = []
  void errors[0]?.then((error) => failed.push(error))
  while (failed.length === 0) {
    errors.push(errorOf(source.getToken()))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  expect(new Set(await Promise.all(errors)).size).toBe(1)
  expect(requests).toBe(1)
  vi.useFakeTimers()
})

test('no timer is left running after a renewal, whether it succeeds or fails', async () => {
  const endpoint = tokenEndpoint(undefined, refusal('invalid_client', 401), down())
  const source = sourceOver(endpoint, { store: new Map() })
  await source.getToken()
  await errorOf(source.getToken({ rejected: 'token-1' }))
  await seconds(2)
  await errorOf(source.getToken({ rejected: 'token-1' }))
  await source.clear()
  expect(vi.getTimerCount()).toBe(0)
})

test('after a success, the failures before it no longer count', async () => {
  const refused = () => refusal('invalid_client', 401)
  const answers = [refused(), refused(), grant('token-1', { expires_in: 0 }), refused()]
  const endpoint = endpointThat(() => answers.shift() ?? grant('token-2'))
  await askFor(sourceOver(endpoint), 10)
  expect(endpoint.at.map(Math.round)).toEqual([0, 1, 3, 3, 4])
})

test.each([
  ['20', 20],
  [new Date(1_020_000).toUTCString(), 20],
  ['0', 1],
  [new Date(0).toUTCString(), 1],
  ['600', 600],
  ['86400', 600],
  ['99999999999999999999', 600],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 600],
  ['soon', 1],
])('after Retry-After %s no token request is made for %i s, and then the next call makes one', async (header, wait) => {
  const endpoint = endpointThat(() => refusal('slow_down', 429, { 'retry-after': header }))
  const source = sourceOver(endpoint)
  await errorOf(source.getToken())
  await seconds(wait - 0.001)
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE', status: 429 })
  expect(endpoint.at).toHaveLength(1)
  await seconds(0.001)
  await errorOf(source.getToken())
  expect(endpoint.at).toHaveLength(2)
})

test('an endpoint that hangs gets at most three token requests in 30 s', async () => {
  const at: number[] = []
  const fetch = () => {
    at.push(Date.now())
    return new Promise<never>(() => {})
  }
  const source = sourceOver({ fetch })
  await source.setToken({ accessToken: 'alive', expiresAt: Date.now() + 3_600_000 })
  await seconds(3300)
  expect(await askFor(source, 30)).toBe(0)
  expect(at.length).toBeLessThanOrEqual(3)
  await seconds(10)
})

test('after 30 tokens issued in a minute, callers get TOKEN_UNAVAILABLE until the minute ends', async () => {
  const endpoint = endpointThat(() => grant(`token-${endpoint.at.length}`, { expires_in: 0 }))
  const events: TokenEvent[] = []
  const source = sourceOver(endpoint, { onEvent: (event) => events.push(event) })
  for (let count = 0; count < 30; count += 1) {
    await source.getToken()
    await seconds(0.5)
  }
  expect(await errorOf(source.getToken())).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: 'example: the server issued 30 tokens in a minute: find out why none of them lasts',
    retryAt: 1_060_000,
  })
  expect(events).toContainEqual({
    type: 'throttled',
    why: 'token-requests',
    provider: 'example',
    grant: 'client_credentials',
  })
  await seconds(44.9)
  await errorOf(source.getToken())
  expect(endpoint.at).toHaveLength(30)
  await seconds(0.1)
  await source.getToken()
  expect(endpoint.at).toHaveLength(31)
})

test('maxTokenRequestsPerMinute sets the limit of tokens in a minute', async () => {
  const endpoint = endpointThat(() => grant('token', { expires_in: 0 }))
  const source = sourceOver(endpoint, { maxTokenRequestsPerMinute: 2 })
  await source.getToken()
  await source.getToken()
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test('a server that issues the ageing token again does not get a token request for each call', async () => {
  const end = Date.now() + 3_600_000
  const endpoint = endpointThat(() => grant('same', { expires_in: Math.floor((end - Date.now()) / 1000) }))
  const source = sourceOver(endpoint)
  await source.getToken()
  await seconds(3200)
  expect(await askFor(source, 399)).toBe(0)
  expect(endpoint.at.length).toBeLessThanOrEqual(8)
})

test('waitUntil gets a promise for each renewal, and that promise never rejects', async () => {
  const given: Promise<unknown>[] = []
  const endpoint = tokenEndpoint(undefined, down())
  const source = sourceOver(endpoint, { waitUntil: (renewal) => void given.push(renewal) })
  await source.getToken()
  await seconds(3300)
  source.peek()
  await seconds(0)
  expect(given).toHaveLength(2)
  await expect(Promise.all(given)).resolves.toBeDefined()
})

test('all callers of a renewal that hangs get TOKEN_UNAVAILABLE at its deadline, and a later call renews', async () => {
  let count = 0
  const fetch = () => ((count += 1) === 1 ? new Promise<never>(() => {}) : Promise.resolve(grant('token-2')))
  const source = sourceOver({ fetch }, { timeoutMs: 1000 })
  const first = errorOf(source.getToken())
  await seconds(0.4)
  const second = errorOf(source.getToken())
  await seconds(0.6)
  expect(await first).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(await second).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  await seconds(1)
  expect((await source.getToken()).accessToken).toBe('token-2')
})
