import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { bearerFetch, type OwnTokenSource } from '../../src/index.ts'
import { apiThatTakes, grant, refusal, sourceOver, unauthorized } from '../support.ts'

const start = 1_000_000

beforeEach(() => {
  vi.useFakeTimers({ now: start })
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})

afterEach(() => {
  expect(vi.getTimerCount(), 'no timer is left running').toBe(0)
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const elapsed = () => Date.now() - start

/** A token endpoint that answers after a delay, and remembers when each request came. */
function endpointThat(answer: (number: number) => Promise<Response> | Response, afterMs = 0) {
  const askedAt: number[] = []
  const fetch: typeof globalThis.fetch = async (_input, init) => {
    askedAt.push(elapsed())
    const number = askedAt.length
    await new Promise<void>((resolve, reject) => {
      if (afterMs === 0) return resolve()
      const timer = setTimeout(resolve, afterMs)
      init?.signal?.addEventListener('abort', () => {
        clearTimeout(timer)
        reject(new DOMException('aborted', 'AbortError'))
      })
    })
    return answer(number)
  }
  return { fetch, askedAt }
}

const healthy = (lifetime: number) => (number: number) => grant(`token-${number}`, { expires_in: lifetime })

const hanging = 1_000_000

/** Makes a call at each interval, and returns the result of each. */
async function callEvery(intervalMs: number, durationMs: number, source: OwnTokenSource) {
  const calls: { at: number; tookMs?: number; token?: string; error?: unknown }[] = []
  for (let at = 0; at < durationMs; at += intervalMs) {
    const call: (typeof calls)[number] = { at: elapsed() }
    calls.push(call)
    source
      .getToken()
      .then(
        ({ accessToken }) => (call.token = accessToken),
        (error: unknown) => (call.error = error),
      )
      .finally(() => (call.tookMs = elapsed() - call.at))
    await pass(intervalMs)
  }
  return calls
}

test('at 200 calls a second, no call waits after the first token, and each lifetime costs one token request', async () => {
  const endpoint = endpointThat(healthy(60), 200)
  const source = sourceOver(endpoint)
  const first = source.getToken()
  await pass(200)
  await first
  let waiting = 0
  const headers = new Set<string>()
  for (let call = 0; call < 200 * 120; call += 1) {
    const header = source.peek()
    if (header === undefined) waiting += 1
    else headers.add(header)
    await pass(5)
  }
  expect(waiting).toBe(0)
  expect([...headers]).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-3'])
  // Each renewal starts a tenth of the lifetime before the token expires.
  expect(endpoint.askedAt.map((ms) => Math.round(ms / 1000))).toEqual([0, 54, 108])
})

describe('an outage of 30 s, with 600 calls', () => {
  const outage = (answer: () => Response | Promise<Response>) => (number: number) =>
    number === 1 ? grant('token-1') : answer()

  test('fails no call while a token is valid, and costs at most 8 token requests', async () => {
    const endpoint = endpointThat(outage(() => refusal('down', 503)))
    const source = sourceOver(endpoint)
    await source.getToken()
    await pass(3_400_000)
    const calls = await callEvery(50, 30_000, source)
    expect(calls).toHaveLength(600)
    expect(calls.every(({ token, tookMs }) => token === 'token-1' && tookMs === 0)).toBe(true)
    expect(endpoint.askedAt.length - 1).toBeLessThanOrEqual(8)
  })

  test('costs at most 3 token requests if the server does not answer at all', async () => {
    const endpoint = endpointThat(healthy(3600), hanging)
    const source = sourceOver(endpoint)
    await source.setToken({ accessToken: 'mine', expiresAt: Date.now() + 300_000 })
    await pass(270_000)
    const calls = await callEvery(50, 30_000, source)
    expect(calls.every(({ token, tookMs }) => token === 'mine' && tookMs === 0)).toBe(true)
    expect(endpoint.askedAt.length).toBeLessThanOrEqual(3)
    // The last token request times out.
    await pass(10_000)
  })

  test('costs at most 31 token requests without a token, and no call waits after the first second', async () => {
    const endpoint = endpointThat(() => (elapsed() < 30_000 ? refusal('down', 503) : grant('back')))
    const source = sourceOver(endpoint)
    const calls = await callEvery(50, 30_000, source)
    expect(calls).toHaveLength(600)
    expect(calls.every(({ error }) => error !== undefined)).toBe(true)
    expect(Math.max(...calls.map(({ tookMs = 0 }) => tookMs))).toBe(1000)
    expect(calls.slice(20).every(({ tookMs }) => tookMs === 0)).toBe(true)
    expect(endpoint.askedAt.length).toBeLessThanOrEqual(31)
    await pass(1100)
    expect((await source.getToken()).accessToken).toBe('back')
  })

  test.each([0, 333, 999])(
    'ends for callers within 1.1 s after the server is back, even if calls are frequent for %i ms after that',
    async (ms) => {
      const endAt = 30_000 - ms
      const endpoint = endpointThat(() => (elapsed() < endAt ? refusal('down', 503) : grant('back')))
      const source = sourceOver(endpoint)
      await callEvery(50, 30_000, source)
      const calls = await callEvery(10, endAt + 1100 - elapsed(), source)
      expect(calls.at(-1)?.token).toBe('back')
    },
  )
})

test.each([
  ['without a token', 0],
  ['with an ageing token', 3_400_000],
])('no token request is made before the time in Retry-After: %s', async (_what, agedMs) => {
  const slowDown = () => refusal('slow_down', 429, { 'retry-after': '20' })
  let isBusy = agedMs === 0
  const endpoint = endpointThat((number) => (isBusy ? slowDown() : grant(`token-${number}`)))
  const source = sourceOver(endpoint)
  if (!isBusy) await source.getToken()
  await pass(agedMs)
  isBusy = true
  const before = endpoint.askedAt.length
  await callEvery(50, 19_950, source)
  isBusy = false
  expect(endpoint.askedAt.length - before).toBe(1)
  await callEvery(50, 100, source)
  expect(endpoint.askedAt.length - before).toBe(2)
  expect(source.peek()).toBe(`Bearer token-${before + 2}`)
})

test('if the token of 200 running calls is revoked, one token request is made, and each call is sent again only once', async () => {
  const endpoint = endpointThat(healthy(3600), 200)
  const source = sourceOver(endpoint)
  const first = source.getToken()
  await pass(200)
  await first
  const seen = new Map<string, string[]>()
  const api: typeof fetch = async (input, init) => {
    const { url, headers } = new Request(input, init)
    const authorization = headers.get('authorization') ?? ''
    seen.set(url, [...(seen.get(url) ?? []), authorization])
    // The answers come one by one, also during and after the renewal.
    await new Promise((resolve) => setTimeout(resolve, 5 * Number(new URL(url).searchParams.get('call'))))
    return authorization === 'Bearer token-1' ? unauthorized() : Response.json({})
  }
  const send = bearerFetch(source, api)
  const calls = Promise.all(Array.from({ length: 200 }, (_, call) => send(`https://api.example/?call=${call}`)))
  await pass(5000)
  expect((await calls).map(({ status }) => status)).toEqual(Array.from({ length: 200 }, () => 200))
  expect(seen.size).toBe(200)
  for (const attempts of seen.values()) expect(attempts).toEqual(['Bearer token-1', 'Bearer token-2'])
  expect(endpoint.askedAt).toHaveLength(2)
})

describe('an API that rejects every token', () => {
  test.each([
    ['at once', (call: () => Promise<Response>) => Promise.all(Array.from({ length: 100 }, call))],
    [
      'in a row',
      async (call: () => Promise<Response>) => {
        const responses: Response[] = []
        for (let number = 0; number < 100; number += 1) responses.push(await call())
        return responses
      },
    ],
  ])('causes at most 4 token requests for 100 calls %s, and each call gets its own 401', async (_how, callAll) => {
    const endpoint = endpointThat(healthy(3600))
    const api = apiThatTakes('none')
    const send = bearerFetch(sourceOver(endpoint), api.fetch)
    const responses = await callAll(() => send('https://api.example/'))
    expect(new Set(responses.map(({ status, bodyUsed }) => `${status} ${bodyUsed}`))).toEqual(new Set(['401 false']))
    expect(endpoint.askedAt.length).toBeLessThanOrEqual(4)
    expect(api.calls.length).toBeLessThanOrEqual(200)
  })

  test('causes at most two token requests a minute after the first minute', async () => {
    const endpoint = endpointThat(healthy(3600))
    const send = bearerFetch(sourceOver(endpoint), apiThatTakes('none').fetch)
    const perMinute: number[] = []
    for (let minute = 0; minute < 10; minute += 1) {
      const before = endpoint.askedAt.length
      for (let second = 0; second < 60; second += 1) {
        await Promise.all(Array.from({ length: 5 }, () => send('https://api.example/')))
        await pass(1000)
      }
      perMinute.push(endpoint.askedAt.length - before)
    }
    const [first = 0, ...later] = perMinute
    expect(first).toBeLessThanOrEqual(4 + 2)
    expect(Math.max(...later)).toBeLessThanOrEqual(2)
  })
})
