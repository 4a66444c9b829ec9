import ky from 'ky'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { bearer, bearerFetch, type Token, type TokenEvent } from '../src/index.ts'
import { api, errorOf, grant, refusal, sourceOver, tokenEndpoint, unauthorized } from './support.ts'

let events: TokenEvent[] = []
const onEvent = (event: TokenEvent) => void events.push(event)

beforeEach(() => {
  events = []
  vi.useFakeTimers({ now: 1_000_000 })
})

afterEach(() => {
  vi.useRealTimers()
})

const who = { provider: 'example', grant: 'client_credentials' }
const origin = 'https://api.example'
const url = `${origin}/v1`

test('the first call renews with the reason absent, and memory serves later calls', async () => {
  const source = sourceOver(tokenEndpoint(), { onEvent })
  await source.getToken()
  await source.getToken()
  source.peek()
  expect(events).toEqual([
    { type: 'renewed', ...who, reason: 'absent', durationMs: 0, expiresAt: 4_600_000 },
    { type: 'served', ...who, expiresAt: 4_600_000 },
    { type: 'served', ...who, expiresAt: 4_600_000 },
  ])
})

test.each([
  ['expired', 3_600_000, undefined],
  ['ageing', 3_500_000, undefined],
  ['rejected', 0, 'token-1'],
])('a renewed event has the reason: the token was %s', async (reason, after, rejected) => {
  const source = sourceOver(tokenEndpoint(), { onEvent })
  await source.getToken()
  await vi.advanceTimersByTimeAsync(after)
  events = []
  await source.getToken({ rejected })
  await vi.advanceTimersByTimeAsync(0)
  expect(events.filter(({ type }) => type === 'renewed')).toMatchObject([{ type: 'renewed', reason }])
})

test('a failed event has the reason, the error, whether a token is left, and the time of the next attempt', async () => {
  const source = sourceOver(tokenEndpoint(refusal('invalid_client', 401)), { onEvent })
  const error = await errorOf(source.getToken())
  await errorOf(source.getToken())
  expect(events).toEqual([
    { type: 'failed', ...who, reason: 'absent', error, hasToken: false, retryAt: 1_001_000 },
    { type: 'throttled', ...who, why: 'back-off' },
  ])
})

test('a failed event of a background renewal says that a valid token is left', async () => {
  const source = sourceOver(tokenEndpoint(undefined, refusal('x', 503)), { onEvent })
  await source.getToken()
  await vi.advanceTimersByTimeAsync(3_500_000)
  source.peek()
  await vi.advanceTimersByTimeAsync(0)
  expect(events.at(-1)).toMatchObject({ type: 'failed', reason: 'ageing', hasToken: true })
})

test('a rejected token beyond the limit of forced renewals is a throttled event', async () => {
  const source = sourceOver(tokenEndpoint(...Array.from({ length: 9 }, () => grant('same'))), { onEvent })
  await source.getToken()
  for (let count = 0; count < 4; count += 1) await source.getToken({ rejected: 'same' })
  expect(events).toContainEqual({ type: 'throttled', ...who, why: 'forced-renewals' })
})

test('each rejected call is an event, and isReplayed is true if the call was sent again', async () => {
  const source = sourceOver(tokenEndpoint(undefined, undefined, grant('token-2')), { onEvent })
  const target = api(unauthorized(), undefined, unauthorized())
  const http = ky.create({ fetch: target.fetch }).extend(bearer(source))
  await http.get(url)
  await errorOf(http.post(url, { body: new Blob(['streamed']).stream(), retry: 0 }))
  const rejected = events.filter(({ type }) => type === 'rejected')
  expect(rejected).toEqual([
    { type: 'rejected', ...who, origin, status: 401, isReplayed: true },
    { type: 'rejected', ...who, origin, status: 401, isReplayed: false },
  ])
})

test('if the token did not change, the event for the rejected call has isReplayed false', async () => {
  const source = sourceOver(tokenEndpoint(grant('same'), grant('same')), { onEvent })
  await bearerFetch(source, api(unauthorized()).fetch)(url)
  expect(events.at(-1)).toEqual({ type: 'rejected', ...who, origin, status: 401, isReplayed: false })
})

const html = { headers: { 'content-type': 'text/html' } }

test.each([
  ['a 431 is reported', () => new Response(null, { status: 431 }), 5000, true],
  ['a 400 with HTML is reported', () => new Response('<html>', { status: 400, ...html }), 5000, true],
  ['a 400 without a body is reported', () => new Response(null, { status: 400 }), 5000, true],
  ['a 400 with JSON is not reported', () => Response.json({}, { status: 400 }), 5000, false],
  [
    'a 400 with problem+json is not reported',
    () => new Response('{}', { status: 400, headers: { 'content-type': 'application/problem+json' } }),
    5000,
    false,
  ],
  ['a 431 to a short token is not reported', () => new Response(null, { status: 431 }), 500, false],
  ['a 404 with HTML is not reported', () => new Response('<html>', { status: 404, ...html }), 5000, false],
])('a response that suggests a too long header is an oversized event: %s', async (_what, answer, length, isTold) => {
  const source = sourceOver(tokenEndpoint(grant('x'.repeat(length))), { onEvent })
  const response = await bearerFetch(source, api(answer()).fetch)(url)
  const { status } = response
  const told = [{ type: 'oversized', ...who, origin, status, length: 'Bearer '.length + length }]
  expect(events.filter(({ type }) => type === 'oversized')).toEqual(isTold ? told : [])
})

test.each([
  ['elsewhere', 'https://other.example/v1?secret=1', {}, 'https://other.example'],
  ['insecure', 'http://api.example/v1?secret=1', {}, 'http://api.example'],
  ['authorization', `${url}?secret=1`, { headers: { authorization: 'Basic x' } }, 'https://api.example'],
] as const)(
  'a call without a token is an event with the reason %s and the origin, but without path and query',
  async (why, to, init, toOrigin) => {
    await bearerFetch(sourceOver(tokenEndpoint(), { onEvent }), api().fetch)(to, init)
    expect(events).toEqual([{ type: 'skipped', ...who, why, origin: toOrigin }])
  },
)

const fail = () => {
  throw new Error('no metrics today')
}

// A rejection that is not handled fails this file.
test.each([
  ['throws', fail],
  ['rejects', async () => fail()],
])('an event handler that %s changes nothing', async (_what, handler) => {
  const source = sourceOver(tokenEndpoint(), { onEvent: handler })
  expect((await source.getToken()).accessToken).toBe('token-1')
  expect(source.peek()).toBe('Bearer token-1')
})

test('events carry the provider and the grant, and whose token it is only if eventKey says so', async () => {
  for (const eventKey of [undefined, 'tenant-1']) {
    events = []
    const store = new Map<string, Token>()
    const source = sourceOver(tokenEndpoint(), {
      key: 'ada@example.com',
      eventKey,
      store,
      onEvent,
    })
    await source.getToken()
    source.peek()
    await errorOf(source.getToken({ rejected: 'token-1' }).then(() => Promise.reject(new Error('done'))))
    expect(events.length).toBeGreaterThan(2)
    for (const event of events) {
      expect(event).toMatchObject({ provider: 'example', grant: 'client_credentials' })
      expect(event.key).toBe(eventKey)
    }
    expect(JSON.stringify(events)).not.toContain('ada@')
  }
})
