import { expect, test, vi } from 'vitest'
import { createTokenSource, tokensBy, type Token } from '../../src/index.ts'
import { expectOneTokenEach } from './expect-one-token-each.ts'
import { deferred, grant, provider, secret, sourceOver, tokenEndpoint } from '../support.ts'

const names = Array.from({ length: 10_001 }, (_, index) => `key-${index}`)

test('tokensBy creates one source for each key, also for calls at the same time', async () => {
  const endpoint = tokenEndpoint()
  const made: string[] = []
  const tenants = tokensBy((tenant) => {
    made.push(tenant)
    return createTokenSource({ provider, clientId: tenant, clientSecret: secret, fetch: endpoint.fetch })
  })
  expect(made).toEqual([])
  const tokens = await Promise.all(['a', 'b', 'a', 'a', 'b'].map((tenant) => tenants(tenant).getToken()))
  expect(tokens.map(({ accessToken }) => accessToken)).toEqual(['token-1', 'token-2', 'token-1', 'token-1', 'token-2'])
  expect(tenants('a')).toBe(tenants('a'))
  expect(made).toEqual(['a', 'b'])
})

test('beyond maxIdle, the source that was unused for the longest time is dropped, even if it is not the oldest', () => {
  const tenants = tokensBy((api) => ({ apis: [api], getToken: async () => ({ accessToken: 't' }) }), {
    maxIdle: 2,
  })
  const [a, b] = [tenants('a'), tenants('b')]
  expect(tenants('a')).toBe(a)
  tenants('c')
  expect(tenants('a')).toBe(a)
  expect(tenants('b')).not.toBe(b)
})

test('10,000 sources are kept by default', () => {
  const members = tokensBy((api) => ({ apis: [api], getToken: async () => ({ accessToken: 't' }) }))
  const [first, second] = names.map(members)
  expect(members(names[1] ?? '')).toBe(second)
  expect(members(names[0] ?? '')).not.toBe(first)
})

test('10,000 tenants have one token each, and each token costs one token request', () => expectOneTokenEach(10_000))

test('idle() of tokensBy resolves when each of its sources is idle', async () => {
  const answers = [deferred<Response>(), deferred<Response>()]
  const tenants = tokensBy((tenant) => sourceOver(tokenEndpoint(answers[Number(tenant)]?.promise)))
  const tokens = [tenants('0').getToken(), tenants('1').getToken()]
  let isIdle = false
  const idle = tenants.idle().then(() => (isIdle = true))
  answers[0]?.resolve(grant('a'))
  await tokens[0]
  await new Promise((resolve) => setImmediate(resolve))
  expect(isIdle).toBe(false)
  answers[1]?.resolve(grant('b'))
  await idle
  await Promise.all(tokens)
})

test('sources without idle() are no obstacle to idle() of tokensBy', async () => {
  const tenants = tokensBy(() => ({ apis: [], getToken: async () => ({ accessToken: 'a' }) }))
  tenants('a')
  await expect(tenants.idle()).resolves.toBeUndefined()
})

test('idle() of tokensBy waits for sources that were dropped while they were not idle', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const tenants = tokensBy(() => sourceOver(endpoint), { maxIdle: 1 })
  const token = tenants('first').getToken()
  tenants('second')
  let isIdle = false
  const idle = tenants.idle().then(() => (isIdle = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(isIdle).toBe(false)
  answer.resolve(grant('late'))
  await idle
  expect((await token).accessToken).toBe('late')
})

test.each([
  () => {
    throw new Error('not idle')
  },
  () => {},
])('tokensBy drops a source, also one with an idle() that is wrong: %s', (idle) => {
  const members = tokensBy(
    (api) => ({ apis: [api], getToken: async () => ({ accessToken: 't' }), idle: idle as () => Promise<void> }),
    { maxIdle: 1 },
  )
  const first = members('a')
  members('b')
  expect(members('a')).not.toBe(first)
})

test('a source that was dropped makes no request and no write by itself', async () => {
  vi.useFakeTimers()
  const store = new Map<string, Token>()
  const set = vi.spyOn(store, 'set').mockImplementation(() => {
    throw new Error('down')
  })
  const tenants = tokensBy((tenant) => sourceOver(tokenEndpoint(), { store, key: tenant }), { maxIdle: 1 })
  await tenants('a').getToken()
  tenants('b')
  const before = set.mock.calls.length
  await vi.advanceTimersByTimeAsync(10_000)
  expect(set.mock.calls.length).toBe(before)
  vi.useRealTimers()
})
