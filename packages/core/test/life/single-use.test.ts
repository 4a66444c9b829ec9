import ky from 'ky'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { bearer, type Provider, type TokenEvent } from '../../src/index.ts'
import {
  api,
  deferred,
  errorOf,
  grant,
  provider,
  refusal,
  signedIn,
  sourceOver,
  tokenEndpoint,
  unauthorized,
} from '../support.ts'

const singleUse: Provider = { ...provider, singleUse: true }

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
})

afterEach(() => {
  vi.useRealTimers()
})

test('each call requests its own token, also those that start at the same time', async () => {
  const endpoint = tokenEndpoint()
  const server = api()
  const client = ky.create({ fetch: server.fetch }).extend(bearer(sourceOver(endpoint, { provider: singleUse })))
  await Promise.all([client.get('https://api.example/a'), client.get('https://api.example/b')])
  await client.get('https://api.example/c')
  expect(server.calls.map(({ authorization }) => authorization ?? '').toSorted()).toEqual([
    'Bearer token-1',
    'Bearer token-2',
    'Bearer token-3',
  ])
})

test('a call whose token is rejected is sent again with a token of its own', async () => {
  const endpoint = tokenEndpoint()
  const server = api(unauthorized())
  const client = ky.create({ fetch: server.fetch }).extend(bearer(sourceOver(endpoint, { provider: singleUse })))
  expect((await client.get('https://api.example/a')).status).toBe(200)
  expect(server.calls.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
})

test('memory has no token', async () => {
  const source = sourceOver(tokenEndpoint(), { provider: singleUse })
  expect((await source.getToken()).accessToken).toBe('token-1')
  expect(source.peek()).toBe(undefined)
  expect(await source.clear()).toBe(undefined)
})

test('a call that gives up ends its own wait only', async () => {
  const answer = deferred<Response>()
  const source = sourceOver(tokenEndpoint(answer.promise), { provider: singleUse })
  const controller = new AbortController()
  const given = source.getToken({ signal: controller.signal })
  const other = source.getToken()
  controller.abort(new Error('stop'))
  expect(String(await errorOf(given))).toBe('Error: stop')
  expect((await other).accessToken).toBe('token-2')
  answer.resolve(grant('late'))
})

test('events tell of each token, and of each failure', async () => {
  const events: TokenEvent[] = []
  const endpoint = tokenEndpoint(grant('one'), refusal('invalid_client', 401))
  const source = sourceOver(endpoint, { provider: singleUse, onEvent: (event) => void events.push(event) })
  await source.getToken()
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_REFUSED' })
  const about = { provider: 'example', grant: 'client_credentials', reason: 'absent' }
  expect(events).toEqual([
    { ...about, type: 'renewed', durationMs: 0, expiresAt: 4_600_000 },
    { ...about, type: 'failed', error: expect.any(Error), hasToken: false, retryAt: 1_000_000 },
  ])
})

test('after a failure, the next call asks at once, because it needs a token of its own', async () => {
  const source = sourceOver(tokenEndpoint(refusal('invalid_client', 401)), { provider: singleUse })
  await errorOf(source.getToken())
  expect((await source.getToken()).accessToken).toBe('token-2')
})

test('a store is a TypeError', () => {
  expect(() => sourceOver(tokenEndpoint(), { provider: singleUse, store: new Map() })).toThrow(
    new TypeError('example: store is not possible: each token of this provider is for one call only'),
  )
})

test('setToken is a TypeError', async () => {
  const source = sourceOver(tokenEndpoint(), { provider: singleUse })
  expect(await errorOf(source.setToken({ accessToken: 'one' }))).toEqual(
    new TypeError('example: setToken is not possible: each token is for one call only'),
  )
})

test('a grant that gets no token by itself is TOKEN_MISSING', async () => {
  const source = sourceOver(tokenEndpoint(), { provider: singleUse, grant: signedIn })
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
})

test('idle waits for the last request', async () => {
  const answer = deferred<Response>()
  const source = sourceOver(tokenEndpoint(answer.promise), { provider: singleUse })
  const token = source.getToken()
  let isIdle = false
  await Promise.resolve()
  const idle = source.idle().then(() => (isIdle = true))
  await vi.advanceTimersByTimeAsync(100)
  expect(isIdle).toBe(false)
  answer.resolve(grant('one'))
  await Promise.all([token, idle])
})
