import { afterEach, expect, test, vi } from 'vitest'
import { refreshToken, type TokenEvent, type TokenSourceOptions } from '../../src/index.ts'
import { deferred, errorOf, grant, provider, secret, tokenEndpoint } from '../support.ts'

const chunk = '../../src/loaded-later.ts'

/** Creates a source with a fresh copy of core that has not loaded the code for stores. */
async function freshSource(options: TokenSourceOptions, ...script: Parameters<typeof tokenEndpoint>) {
  const events: TokenEvent[] = []
  const endpoint = tokenEndpoint(...script)
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

/** Makes the import of the code for stores fail. */
function breakChunk() {
  vi.resetModules()
  vi.doMock(chunk, () => {
    throw new Error(`offline, and this is ${secret}`)
  })
}

/** Makes the import of the code that loads later wait until the test continues it. */
function delayChunk() {
  const { promise, resolve } = deferred<void>()
  vi.resetModules()
  vi.doMock(chunk, async (load) => {
    await promise
    return load()
  })
  return resolve
}

afterEach(() => {
  vi.doUnmock(chunk)
  vi.resetModules()
})

test('if the code for stores cannot be loaded, a call gets TOKEN_UNAVAILABLE, and one event reports it', async () => {
  breakChunk()
  const { source, events, endpoint } = await freshSource({ store: new Map() })
  const error = await errorOf(source.getToken())
  expect(error).toMatchObject({
    name: 'OAuthError',
    code: 'TOKEN_UNAVAILABLE',
    message: 'example: the part of @oauthkit/core that uses the store could not be loaded (Error): try again later',
  })
  expect(events).toEqual([
    {
      type: 'failed',
      provider: 'example',
      grant: 'client_credentials',
      reason: 'absent',
      error,
      hasToken: false,
      retryAt: expect.any(Number),
    },
  ])
  expect(JSON.stringify([error, events])).not.toContain(secret)
  expect(endpoint.requests).toHaveLength(0)
})

test('the next call tries again to load the code for stores', async () => {
  breakChunk()
  const { source } = await freshSource({ store: new Map() })
  await errorOf(source.getToken())
  vi.doUnmock(chunk)
  expect((await source.getToken()).accessToken).toBe('token-1')
})

test('setToken and clear reject with TOKEN_UNAVAILABLE if the code for stores cannot be loaded', async () => {
  breakChunk()
  const { source } = await freshSource({ store: new Map() })
  expect(await errorOf(source.setToken({ accessToken: 'mine' }))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(await errorOf(source.clear())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test('a source without a store does not need the code for stores', async () => {
  breakChunk()
  const { source, events } = await freshSource({})
  expect((await source.getToken()).accessToken).toBe('token-1')
  expect(events).toMatchObject([{ type: 'renewed' }])
})

test('one renewal serves calls at the same time, although each of them loads the code for stores', async () => {
  vi.resetModules()
  const { source, endpoint } = await freshSource({ store: new Map() })
  await Promise.all(Array.from({ length: 100 }, () => source.getToken()))
  expect(endpoint.requests).toHaveLength(1)
})

test('clear forgets the token in memory, even if the code that loads later cannot be loaded', async () => {
  breakChunk()
  const { source } = await freshSource({})
  await source.getToken()
  const error = await errorOf(source.clear())
  expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', message: expect.stringContaining('clears a token') })
  expect(source.peek()).toBeUndefined()
})

test('setToken and clear take effect in the order of their calls, although both load code', async () => {
  vi.resetModules()
  const { source } = await freshSource({})
  await Promise.all([source.setToken({ accessToken: 'first' }), source.clear()])
  expect(source.peek()).toBeUndefined()
  await Promise.all([source.clear(), source.setToken({ accessToken: 'last' })])
  expect(source.peek()).toBe('Bearer last')
})

test('if the code for rejected tokens cannot be loaded, the caller gets the same token, and the next one tries again', async () => {
  breakChunk()
  const { source, endpoint } = await freshSource({})
  await source.getToken()
  expect((await source.getToken({ rejected: 'token-1' })).accessToken).toBe('token-1')
  expect(endpoint.requests).toHaveLength(1)
  vi.doUnmock(chunk)
  expect((await source.getToken({ rejected: 'token-1' })).accessToken).toBe('token-2')
})

const turnsOfPromises = [0, 2, 4, 6, 8, 10, 20, 40]

test.each(turnsOfPromises)(
  'a log-out ends a renewal that still loads code, before its request, %i turns after it began',
  async (turns) => {
    const load = delayChunk()
    const { source, endpoint } = await freshSource({})
    await source.getToken()
    const renewed = source.getToken({ rejected: 'token-1' })
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
    const cleared = source.clear()
    load()
    await cleared
    expect((await renewed).accessToken).toBe('token-2')
    expect(endpoint.requests).toHaveLength(2)
  },
)

test.each(turnsOfPromises)(
  'a renewal that still loads code never sends the refresh token of a later sign-in, %i turns after it began',
  async (turns) => {
    const refreshed = (name: string) => grant(name, { refresh_token: `refresh of ${name}` })
    const script = [refreshed('token-1'), refreshed('token-2')]
    const { source, endpoint } = await freshSource({ grant: refreshToken('start') }, ...script)
    await source.getToken()
    const load = delayChunk()
    const renewed = source.getToken({ rejected: 'token-1' })
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
    const set = source.setToken({ accessToken: 'mine', refreshToken: 'refresh of mine' })
    load()
    await Promise.all([set, renewed])
    expect(source.peek()).toBe('Bearer mine')
    const forms = await Promise.all(endpoint.requests.map(async (request) => new URLSearchParams(await request.text())))
    expect(forms.map((form) => form.get('refresh_token'))).not.toContain('refresh of mine')
  },
)
