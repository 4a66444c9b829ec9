import { afterEach, expect, test, vi } from 'vitest'
import type { TokenEvent, TokenSourceOptions } from '../../src/index.ts'
import { errorOf, provider, secret, tokenEndpoint } from '../support.ts'

const chunk = '../../src/sharing/shared-cache.ts'

/** Makes a source of a fresh copy of core, which has not loaded what a store needs. */
async function freshSource(options: TokenSourceOptions) {
  const events: TokenEvent[] = []
  const endpoint = tokenEndpoint()
  const { createTokenSource } = await import('../../src/index.ts')
  const onEvent = (event: TokenEvent) => void events.push(event)
  const source = createTokenSource({
    provider,
    clientId: 'app',
    clientSecret: secret,
    fetch: endpoint.fetch,
    onEvent,
    ...options,
  })
  return { source, events, endpoint }
}

/** Has the import of what a store needs fail. */
function breakChunk() {
  vi.resetModules()
  vi.doMock(chunk, () => {
    throw new Error(`offline, and this is ${secret}`)
  })
}

afterEach(() => {
  vi.doUnmock(chunk)
  vi.resetModules()
})

test('what a store needs and cannot be loaded is TOKEN_UNAVAILABLE by name, for all who call, in one event each', async () => {
  breakChunk()
  const { source, events, endpoint } = await freshSource({ store: new Map() })
  const error = await errorOf(source.getToken())
  expect(error).toMatchObject({
    name: 'OAuthError',
    code: 'TOKEN_UNAVAILABLE',
    message: 'example: the part of @oauthkit/core that uses the store could not be loaded (Error): try again later',
  })
  expect(events).toEqual([
    { type: 'failed', provider: 'example', reason: 'absent', error, hasToken: false, retryAt: expect.any(Number) },
  ])
  expect(JSON.stringify([error, events])).not.toContain(secret)
  expect(endpoint.requests).toHaveLength(0)
})

test('it is tried again at the next call', async () => {
  breakChunk()
  const { source } = await freshSource({ store: new Map() })
  await errorOf(source.getToken())
  vi.doUnmock(chunk)
  expect((await source.getToken()).accessToken).toBe('token-1')
})

test('setToken and clear say so, too', async () => {
  breakChunk()
  const { source } = await freshSource({ store: new Map() })
  expect(await errorOf(source.setToken({ accessToken: 'mine' }))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(await errorOf(source.clear())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test('a source without a store needs none of it', async () => {
  breakChunk()
  const { source, events } = await freshSource({})
  expect((await source.getToken()).accessToken).toBe('token-1')
  expect(events).toMatchObject([{ type: 'renewed' }])
})

test('calls at once over a store are served by one renewal, though all of them load it', async () => {
  vi.resetModules()
  const { source, endpoint } = await freshSource({ store: new Map() })
  await Promise.all(Array.from({ length: 100 }, () => source.getToken()))
  expect(endpoint.requests).toHaveLength(1)
})
