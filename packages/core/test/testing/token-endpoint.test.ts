import { expect, test, vi } from 'vitest'
import { bearerFetch, createTokenSource, refreshToken, type TokenSourceOptions } from '../../src/index.ts'
import { requestToken } from '../../src/plugin/index.ts'
import { createTokenEndpoint, type TokenEndpoint } from '../../src/testing/index.ts'
import { errorOf, provider, refusal } from '../support.ts'

const client = { provider, clientId: 'app', clientSecret: 'secret' }
const sourceOver = ({ fetch }: TokenEndpoint, options: TokenSourceOptions = {}) =>
  createTokenSource({ ...client, fetch, ...options })
const ask = ({ fetch }: TokenEndpoint, parameters: Record<string, string>) =>
  requestToken({ ...client, fetch, parameters })
const refresh = (endpoint: TokenEndpoint, token: string | undefined) =>
  ask(endpoint, { grant_type: 'refresh_token', refresh_token: token ?? '' })

test('the test endpoint issues one token after another, and remembers the requests', async () => {
  const endpoint = createTokenEndpoint()
  const source = sourceOver(endpoint, { scope: 'read' })
  const { accessToken: rejected } = await source.getToken()
  expect(rejected).toBe('token-1')
  expect(await source.getToken({ rejected })).toMatchObject({ accessToken: 'token-2' })
  const form = new URLSearchParams(await endpoint.requests[0]?.text())
  expect(Object.fromEntries(form)).toEqual({ grant_type: 'client_credentials', scope: 'read' })
  expect(endpoint.requests).toHaveLength(2)
})

test('the tokens have the lifetime in lifetimeMs', async () => {
  const before = Date.now()
  const { expiresAt = 0, refreshToken: none } = await sourceOver(createTokenEndpoint({ lifetimeMs: 60_000 })).getToken()
  expect(expiresAt - before).toBeGreaterThanOrEqual(60_000)
  expect(expiresAt - before).toBeLessThan(70_000)
  expect(none).toBeUndefined()
})

test('refresh tokens rotate, starting with the one in the options', async () => {
  const endpoint = createTokenEndpoint({ refreshToken: 'refresh-0' })
  const source = sourceOver(endpoint, { grant: refreshToken('refresh-0') })
  const first = await source.getToken()
  expect(first).toMatchObject({ accessToken: 'token-1', refreshToken: 'refresh-1' })
  const second = await source.getToken({ rejected: first.accessToken })
  expect(second).toMatchObject({ accessToken: 'token-2', refreshToken: 'refresh-2' })
})

test('a refresh token that is used twice ends all tokens of the same sign-in', async () => {
  const endpoint = createTokenEndpoint()
  const first = await ask(endpoint, { grant_type: 'authorization_code', code: 'code' })
  const second = await refresh(endpoint, first.refreshToken)
  const other = await ask(endpoint, { grant_type: 'authorization_code', code: 'other' })
  await expect(refresh(endpoint, first.refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' })
  await expect(refresh(endpoint, second.refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' })
  const call = ({ accessToken }: { accessToken: string }) =>
    endpoint.api('https://api.example', { headers: { authorization: `Bearer ${accessToken}` } })
  expect((await call(first)).status).toBe(401)
  expect((await call(second)).status).toBe(401)
  expect((await call(other)).status).toBe(200)
  expect(await refresh(endpoint, other.refreshToken)).toMatchObject({ accessToken: 'token-6' })
})

test.each([
  ['invalid_grant', { grant_type: 'refresh_token', refresh_token: 'unknown' }],
  ['invalid_grant', { grant_type: 'refresh_token' }],
  ['invalid_request', { scope: 'read' }],
])('the answer is %s to %o', async (error, parameters) => {
  await expect(ask(createTokenEndpoint(), parameters)).rejects.toMatchObject({ code: 'TOKEN_REFUSED', error })
})

test("the test API rejects a token that has expired by the endpoint's clock, and the source renews it", async () => {
  const endpoint = createTokenEndpoint({ lifetimeMs: 60_000 })
  const source = sourceOver(endpoint)
  const call = bearerFetch(source, endpoint.api)
  expect((await call('https://api.example')).status).toBe(200)
  endpoint.clock.advance(60_000)
  // This clock is read first, since both clocks continue between the two reads.
  const now = Date.now()
  expect(endpoint.clock.now()).toBeGreaterThanOrEqual(now + 60_000)
  expect((await call('https://api.example')).status).toBe(200)
  expect(endpoint.requests).toHaveLength(2)
  expect((await endpoint.api('https://api.example')).status).toBe(401)
})

test("the endpoint's clock follows fake timers", async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 5000 })
  try {
    const { clock } = createTokenEndpoint()
    clock.advance(1)
    vi.setSystemTime(6000)
    expect(clock.now()).toBe(6001)
  } finally {
    vi.useRealTimers()
  }
})

test('the scripted answers come first, then tokens again', async () => {
  const endpoint = createTokenEndpoint()
  endpoint.answer(refusal('invalid_client', 401), async (request) =>
    Response.json({ access_token: request.method, token_type: 'Bearer' }),
  )
  const parameters = { grant_type: 'client_credentials' }
  await expect(ask(endpoint, parameters)).rejects.toMatchObject({ error: 'invalid_client' })
  expect(await ask(endpoint, parameters)).toMatchObject({ accessToken: 'POST' })
  expect(await ask(endpoint, parameters)).toMatchObject({ accessToken: 'token-3' })
})

test('requests are held until the test releases them', async () => {
  const endpoint = createTokenEndpoint()
  const release = endpoint.hold()
  const source = sourceOver(endpoint)
  let isDone = false
  const token = source.getToken().finally(() => (isDone = true))
  await vi.waitFor(() => expect(endpoint.requests).toHaveLength(1), { timeout: 300_000 })
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(isDone).toBe(false)
  release()
  expect(await token).toMatchObject({ accessToken: 'token-1' })
})

test('a held request ends if its signal is aborted', async () => {
  const endpoint = createTokenEndpoint()
  endpoint.hold()
  await expect(endpoint.fetch('https://id.example', { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  })
  expect(endpoint.requests).toHaveLength(0)
  await expect(endpoint.fetch('https://id.example', { signal: AbortSignal.timeout(5) })).rejects.toMatchObject({
    name: 'TimeoutError',
  })
  await expect(sourceOver(endpoint, { timeoutMs: 5 }).getToken()).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test('requests fail until recover is called', async () => {
  const endpoint = createTokenEndpoint()
  const recover = endpoint.fail()
  const parameters = { grant_type: 'client_credentials' }
  await expect(ask(endpoint, parameters)).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(await errorOf(endpoint.fetch('https://id.example'))).toBeInstanceOf(TypeError)
  endpoint.fail(new Error('no route'))
  await expect(ask(endpoint, parameters)).rejects.toThrow('did not answer (Error)')
  recover()
  expect(await ask(endpoint, parameters)).toMatchObject({ accessToken: 'token-4' })
})
