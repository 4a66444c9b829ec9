import { useFakeTime } from '../fake-time.ts'
import { expect, test, vi } from 'vitest'
import { createTokenSource, refreshToken, type Grant, type Token, type TokenSourceOptions } from '../../src/index.ts'
import { membersOf } from '../../src/members.ts'
import { createDatabase } from '../database.ts'
import { deferred, errorOf, grant, password, provider, refusal, secret, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()
const form = async (request: Request | undefined) =>
  Object.fromEntries(new URLSearchParams(await request?.clone().text()))

/** The grant of a user who signed in elsewhere. It cannot get a token by itself. */
const signedIn: Grant = { name: 'sign-in', identity: '' }

test('a source makes no token request before the first call needs a token', () => {
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint)
  expect(source.peek()).toBeUndefined()
  expect(endpoint.requests).toHaveLength(0)
})

test('sources share their methods, to save memory', () => {
  const [first, second] = [sourceOver(tokenEndpoint()), sourceOver(tokenEndpoint())]
  for (const name of ['getToken', 'peek', 'setToken', 'clear', 'idle'] as const) {
    expect(first[name]).toBe(second[name])
    expect(Object.hasOwn(first, name)).toBe(false)
  }
})

test('a spread of a source has no methods, but all its rules', () => {
  const events: unknown[] = []
  const rules = { exceptApis: ['https://api.example/admin'], onEvent: (event: unknown) => void events.push(event) }
  const quirks = { insecureHosts: ['api:8080'], headers: () => ({ 'x-key': 'second' }), isRejected: () => true }
  const source = sourceOver(tokenEndpoint(), { ...rules, provider: { ...provider, ...quirks } })
  const spread = { ...source }
  expect(Object.keys(spread).toSorted()).toEqual([
    'apis',
    'exceptApis',
    'headers',
    'insecureHosts',
    'isRejected',
    'name',
    'onEvent',
  ])
  expect(spread).toMatchObject({ apis: provider.apis, exceptApis: rules.exceptApis, name: provider.name })
  expect(spread).toMatchObject({ insecureHosts: quirks.insecureHosts, headers: quirks.headers })
  spread.onEvent?.({ type: 'skipped', why: 'elsewhere', origin: 'https://other.example' })
  expect(events).toMatchObject([{ type: 'skipped', provider: provider.name }])
})

test('a spread of the copy that membersOf makes does what the source does', async () => {
  const source = sourceOver(tokenEndpoint())
  const copy = { ...membersOf(source) }
  expect((await copy.getToken()).accessToken).toBe('token-1')
  await copy.setToken({ accessToken: 'set' })
  expect([copy.peek(), source.peek()]).toEqual(['Bearer set', 'Bearer set'])
  expect(await copy.clear()).toEqual({ accessToken: 'set' })
  await copy.idle()
  expect(source.peek()).toBeUndefined()
})

test('10,000 callers at the same time cause one token request', async () => {
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint)
  const tokens = await Promise.all(Array.from({ length: 10_000 }, () => source.getToken()))
  expect(endpoint.requests).toHaveLength(1)
  expect(new Set(tokens.map((token) => token.accessToken))).toEqual(new Set(['token-1']))
})

test('a valid token comes from memory, and peek returns it at once', async () => {
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint)
  const token = await source.getToken()
  await seconds(3000)
  expect(await source.getToken()).toBe(token)
  expect(source.peek()).toBe('Bearer token-1')
  expect(endpoint.requests).toHaveLength(1)
})

test('tokens are frozen, also the extra members that the server added', async () => {
  const token = await sourceOver(tokenEndpoint(grant('token-1', { more: 1 }))).getToken()
  expect(token.extra).toEqual({ more: 1 })
  expect(Object.isFrozen(token)).toBe(true)
  expect(Object.isFrozen(token.extra)).toBe(true)
})

test('the form of a token request holds the grant, the scope, the resource and the parameters', async () => {
  const endpoint = tokenEndpoint()
  const options = { scope: 'read write', resource: 'https://r.example', parameters: { audience: 'a' } }
  await sourceOver(endpoint, options).getToken()
  expect(await form(endpoint.requests[0])).toEqual({
    grant_type: 'client_credentials',
    scope: 'read write',
    resource: 'https://r.example',
    audience: 'a',
  })
})

test('a token that expires soon is served while one renewal runs in the background', async () => {
  const renewal = deferred<Response>()
  const endpoint = tokenEndpoint(undefined, renewal.promise)
  const source = sourceOver(endpoint)
  await source.getToken()
  await seconds(3299)
  expect(source.peek()).toBe('Bearer token-1')
  expect(endpoint.requests).toHaveLength(1)
  await seconds(1)
  expect(source.peek()).toBe('Bearer token-1')
  expect((await source.getToken()).accessToken).toBe('token-1')
  expect(source.peek()).toBe('Bearer token-1')
  await seconds(0)
  expect(endpoint.requests).toHaveLength(2)
  renewal.resolve(grant('token-2'))
  await seconds(0)
  expect(source.peek()).toBe('Bearer token-2')
  expect(endpoint.requests).toHaveLength(2)
})

test.each([
  ['is a tenth of a short lifetime', 60, undefined, 54],
  ['is five minutes of a long lifetime', 86_400, undefined, 86_100],
  ["is the provider's if the provider sets one", 3600, 60_000, 3540],
  ["is 60 % of a short lifetime if the provider's is longer", 60, 60_000, 24],
  ["is 1.1 s if the provider's is shorter", 60, 1, 58.9],
  ['is 1.1 s of a lifetime of less than 11 s', 10, undefined, 8.9],
  ['is 1.1 s of a lifetime of 2 s', 2, undefined, 0.9],
  ['is 60 % of a lifetime of 1 s', 1, undefined, 0.4],
])('the renewal margin %s', async (_what, expires_in, renewalMarginMs, renewedAfter) => {
  const endpoint = tokenEndpoint(grant('token-1', { expires_in }))
  const quirks = renewalMarginMs === undefined ? provider : { ...provider, renewalMarginMs }
  const source = sourceOver(endpoint, { provider: quirks })
  await source.getToken()
  await seconds(renewedAfter - 0.001)
  source.peek()
  await seconds(0)
  expect(endpoint.requests).toHaveLength(1)
  await seconds(0.001)
  source.peek()
  await seconds(0)
  expect(endpoint.requests).toHaveLength(2)
})

test.each([
  [0, 3330],
  [0.999_999, 3270],
])(
  'the renewal margin varies at random by a tenth: for Math.random() = %d it begins after %i s',
  async (random, renewedAfter) => {
    vi.mocked(Math.random).mockReturnValue(random)
    const endpoint = tokenEndpoint()
    const source = sourceOver(endpoint)
    await source.getToken()
    await seconds(renewedAfter - 1)
    source.peek()
    await seconds(0)
    expect(endpoint.requests).toHaveLength(1)
    await seconds(2)
    source.peek()
    await seconds(0)
    expect(endpoint.requests).toHaveLength(2)
  },
)

test('an expired token serves no call: all callers wait for one renewal', async () => {
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint)
  await source.getToken()
  await seconds(3600)
  expect(source.peek()).toBeUndefined()
  const tokens = await Promise.all([source.getToken(), source.getToken()])
  expect(tokens.map((token) => token.accessToken)).toEqual(['token-2', 'token-2'])
  expect(endpoint.requests).toHaveLength(2)
})

test('a token with a lifetime of 0 serves the callers that wait for it, and no later call', async () => {
  const endpoint = tokenEndpoint(grant('token-1', { expires_in: 0 }))
  const source = sourceOver(endpoint)
  const tokens = await Promise.all([source.getToken(), source.getToken()])
  expect(tokens.map((token) => token.accessToken)).toEqual(['token-1', 'token-1'])
  expect((await source.getToken()).accessToken).toBe('token-2')
})

test('a failed background renewal is not an unhandled rejection, and the token is still used', async () => {
  const endpoint = tokenEndpoint(undefined, new TypeError('fetch failed'))
  const source = sourceOver(endpoint)
  await source.getToken()
  await seconds(3400)
  expect(source.peek()).toBe('Bearer token-1')
  await seconds(0)
  expect((await source.getToken()).accessToken).toBe('token-1')
  expect(endpoint.requests).toHaveLength(2)
})

test('a failure is remembered for a second: callers get the same error without a request', async () => {
  const endpoint = tokenEndpoint(refusal('invalid_client', 401))
  const source = sourceOver(endpoint)
  const error = await errorOf(source.getToken())
  expect(await errorOf(source.getToken())).toBe(error)
  await seconds(0.999)
  expect(await errorOf(source.getToken())).toBe(error)
  expect(endpoint.requests).toHaveLength(1)
  await seconds(0.001)
  expect((await source.getToken()).accessToken).toBe('token-2')
})

test('a failure is remembered until the time in Retry-After', async () => {
  const endpoint = tokenEndpoint(refusal('slow_down', 429, { 'retry-after': '20' }))
  const source = sourceOver(endpoint)
  const error = await errorOf(source.getToken())
  await seconds(19.999)
  expect(await errorOf(source.getToken())).toBe(error)
  await seconds(0.001)
  expect((await source.getToken()).accessToken).toBe('token-2')
  expect(endpoint.requests).toHaveLength(2)
})

test('a Retry-After of 0 does not allow more than one token request a second', async () => {
  const endpoint = tokenEndpoint(refusal('slow_down', 429, { 'retry-after': '0' }))
  const source = sourceOver(endpoint)
  const error = await errorOf(source.getToken())
  expect(await errorOf(source.getToken())).toBe(error)
  expect(endpoint.requests).toHaveLength(1)
})

test('200 callers with the same rejected token cause one renewal', async () => {
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint)
  await source.getToken()
  const rejected = 'token-1'
  const tokens = await Promise.all(Array.from({ length: 200 }, () => source.getToken({ rejected })))
  expect(new Set(tokens.map((token) => token.accessToken))).toEqual(new Set(['token-2']))
  expect(endpoint.requests).toHaveLength(2)
})

test('a rejected token that another caller has already renewed costs no token request', async () => {
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint)
  await source.getToken()
  await source.getToken({ rejected: 'token-1' })
  expect((await source.getToken({ rejected: 'token-1' })).accessToken).toBe('token-2')
  expect((await source.getToken({ rejected: 'from elsewhere' })).accessToken).toBe('token-2')
  expect(endpoint.requests).toHaveLength(2)
})

test('renewals forced by rejected tokens are limited: three at once, then one every 30 s', async () => {
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint)
  let { accessToken } = await source.getToken()
  const refuse = async () => ({ accessToken } = await source.getToken({ rejected: accessToken }))
  for (const expected of ['token-2', 'token-3', 'token-4', 'token-4', 'token-4']) {
    expect((await refuse()).accessToken).toBe(expected)
  }
  await seconds(29.999)
  expect((await refuse()).accessToken).toBe('token-4')
  await seconds(0.001)
  expect((await refuse()).accessToken).toBe('token-5')
  expect((await refuse()).accessToken).toBe('token-5')
  // A token that came after 30 s was rejected at once, so the next one comes after 60 s.
  await seconds(59.999)
  expect((await refuse()).accessToken).toBe('token-5')
  await seconds(0.001)
  expect((await refuse()).accessToken).toBe('token-6')
})

test('a clock that is set back does not end the limit of forced renewals', async () => {
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint)
  let { accessToken } = await source.getToken()
  vi.setSystemTime(Date.now() - 100_000)
  for (let call = 0; call < 10; call += 1) ({ accessToken } = await source.getToken({ rejected: accessToken }))
  expect(endpoint.requests).toHaveLength(4)
})

test('a renewal whose grant parameters hang ends at timeoutMs', async () => {
  const hanging: Grant = { name: 'hanging', identity: '', parameters: () => new Promise(() => {}) }
  const error = errorOf(sourceOver(tokenEndpoint(), { grant: hanging, timeoutMs: 100 }).getToken())
  await seconds(0.1)
  expect(await error).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test('a server that issues the rejected token again does not get a token request for each rejection', async () => {
  const endpoint = tokenEndpoint(...Array.from({ length: 10 }, () => grant('token-1')))
  const source = sourceOver(endpoint)
  await source.getToken()
  for (let call = 0; call < 10; call += 1) {
    expect((await source.getToken({ rejected: 'token-1' })).accessToken).toBe('token-1')
  }
  expect(endpoint.requests).toHaveLength(4)
})

test('a forced renewal that failed does not count against the limit', async () => {
  const down = new TypeError('fetch failed')
  const endpoint = tokenEndpoint(undefined, ...Array.from({ length: 7 }, () => down))
  const source = sourceOver(endpoint)
  await source.getToken()
  for (let call = 0; call < 5; call += 1) {
    const error = errorOf(source.getToken({ rejected: 'token-1' }))
    await seconds(2)
    expect(await error).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  }
  expect((await source.getToken({ rejected: 'token-1' })).accessToken).toBe('token-9')
})

test('a signal ends the wait of its own caller, and the renewal continues for the others', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const source = sourceOver(endpoint)
  const first = new AbortController()
  const aborted = errorOf(source.getToken({ signal: first.signal }))
  const patient = source.getToken({ signal: new AbortController().signal })
  await seconds(0)
  first.abort(new Error('enough'))
  expect(await aborted).toMatchObject({ message: 'enough' })
  expect(endpoint.requests[0]?.signal.aborted).toBe(false)
  answer.resolve(grant('token-1'))
  expect((await patient).accessToken).toBe('token-1')
  expect(endpoint.requests).toHaveLength(1)
})

test('a call with an aborted signal makes no token request', async () => {
  const endpoint = tokenEndpoint()
  const reason = new Error('enough')
  expect(await errorOf(sourceOver(endpoint).getToken({ signal: AbortSignal.abort(reason) }))).toBe(reason)
  expect(endpoint.requests).toHaveLength(0)
})

test('a renewal that fails after all its callers are gone is not an unhandled rejection', async () => {
  const answer = deferred<Response>()
  const source = sourceOver(tokenEndpoint(answer.promise, ...Array.from({ length: 2 }, () => refusal('down', 503))))
  const caller = new AbortController()
  const aborted = errorOf(source.getToken({ signal: caller.signal }))
  caller.abort()
  await aborted
  const unhandled = vi.fn<() => void>()
  process.on('unhandledRejection', unhandled)
  answer.reject(new TypeError('fetch failed'))
  await seconds(1)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})

test('a renewal redeems the refresh token without the scope, and keeps it if the answer has no new one', async () => {
  const endpoint = tokenEndpoint(
    grant('token-1', { refresh_token: 'refresh-1' }),
    grant('token-2', { refresh_token: 'refresh-2' }),
    grant('token-3'),
  )
  const source = sourceOver(endpoint, { grant: password, scope: 'read', parameters: { audience: 'a' } })
  await source.getToken()
  await seconds(3600)
  await source.getToken()
  await seconds(3600)
  expect((await source.getToken()).refreshToken).toBe('refresh-2')
  const common = { grant_type: 'refresh_token', audience: 'a' }
  expect(await form(endpoint.requests[1])).toEqual({ ...common, refresh_token: 'refresh-1' })
  expect(await form(endpoint.requests[2])).toEqual({ ...common, refresh_token: 'refresh-2' })
})

test('invalid_grant ends the refresh token, and the grant starts again without it', async () => {
  const endpoint = tokenEndpoint(grant('token-1', { refresh_token: 'refresh-1' }), refusal('invalid_grant'))
  const source = sourceOver(endpoint, { grant: password })
  await source.getToken()
  expect((await source.getToken({ rejected: 'token-1' })).accessToken).toBe('token-3')
  expect(await form(endpoint.requests[2])).toMatchObject({ grant_type: 'password' })
})

const failures = [
  () => refusal('invalid_client', 401),
  () => refusal('unauthorized_client'),
  () => refusal('invalid_request'),
  () => new Response('', { status: 403 }),
  () => new Response('', { status: 404 }),
]

const hiccups = [
  () => refusal('x', 408),
  () => refusal('invalid_grant', 429),
  () => refusal('x', 503),
  () => new TypeError('fetch failed'),
]

test.each(hiccups)('a server that does not refuse for good does not end the refresh token: %o', async (answer) => {
  const endpoint = tokenEndpoint(grant('token-1', { refresh_token: 'refresh-1' }), answer())
  const source = sourceOver(endpoint, { grant: password })
  await source.getToken()
  await errorOf(source.getToken({ rejected: 'token-1' }))
  expect(endpoint.requests).toHaveLength(2)
  await seconds(1)
  await source.getToken({ rejected: 'token-1' })
  expect(await form(endpoint.requests[2])).toMatchObject({ refresh_token: 'refresh-1' })
})

test.each(failures)(
  'a grant that can start over does so after each final refusal of a refresh token',
  async (answer) => {
    const endpoint = tokenEndpoint(grant('token-1', { refresh_token: 'refresh-1' }), answer(), grant('token-2'))
    const source = sourceOver(endpoint, { grant: password })
    await source.getToken()
    expect(await source.getToken({ rejected: 'token-1' })).toMatchObject({ accessToken: 'token-2' })
    expect(await form(endpoint.requests[2])).toMatchObject({ grant_type: 'password' })
  },
)

test.each([...failures, ...hiccups])(
  'a refresh token that nothing else can replace is ended by invalid_grant only',
  async (answer) => {
    const endpoint = tokenEndpoint(grant('token-1', { refresh_token: 'refresh-1' }), answer())
    const source = sourceOver(endpoint, { grant: refreshToken('refresh-0') })
    await source.getToken()
    await errorOf(source.getToken({ rejected: 'token-1' }))
    expect(endpoint.requests).toHaveLength(2)
    await seconds(1)
    await source.getToken({ rejected: 'token-1' })
    expect(await form(endpoint.requests[2])).toMatchObject({ refresh_token: 'refresh-1' })
  },
)

test('the refreshToken grant redeems its refresh token in the first token request', async () => {
  const endpoint = tokenEndpoint()
  await sourceOver(endpoint, { grant: refreshToken('refresh-0') }).getToken()
  expect(await form(endpoint.requests[0])).toEqual({ grant_type: 'refresh_token', refresh_token: 'refresh-0' })
  expect(() => refreshToken('')).toThrow(/^refreshToken\(\) needs the refresh token/)
  expect(() => refreshToken(7 as never)).toThrow(TypeError)
  expect(refreshToken('x').name).toBe('refresh_token')
})

test('a grant that cannot get a token by itself is TOKEN_MISSING, without a token request', async () => {
  const endpoint = tokenEndpoint()
  expect(await errorOf(sourceOver(endpoint, { grant: signedIn }).getToken())).toMatchObject({
    code: 'TOKEN_MISSING',
    provider: 'example',
    message: 'example: there is no token, and sign-in cannot get a token by itself: sign in again',
  })
  expect(endpoint.requests).toHaveLength(0)
})

test('a token given to setToken is served at once, until it expires', async () => {
  const source = sourceOver(tokenEndpoint(), { grant: signedIn })
  await errorOf(source.getToken())
  await source.setToken({ accessToken: 'mine', expiresAt: Date.now() + 60_000 })
  expect(source.peek()).toBe('Bearer mine')
  await seconds(60)
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
})

test('a token without expiresAt is served until it is rejected', async () => {
  const source = sourceOver(tokenEndpoint())
  await source.setToken({ accessToken: 'mine' })
  await seconds(10 * 365 * 86_400)
  expect(source.peek()).toBe('Bearer mine')
  expect((await source.getToken({ rejected: 'mine' })).accessToken).toBe('token-1')
})

test('the token of setToken replaces that of a running renewal, also for callers that wait for it', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const source = sourceOver(endpoint)
  const waiting = source.getToken()
  await source.setToken({ accessToken: 'mine' })
  answer.resolve(grant('late'))
  expect((await waiting).accessToken).toBe('mine')
  expect(source.peek()).toBe('Bearer mine')
  expect(endpoint.requests).toHaveLength(1)
})

test('a running renewal that fails after setToken fails no call', async () => {
  const answer = deferred<Response>()
  const source = sourceOver(tokenEndpoint(answer.promise))
  const waiting = source.getToken()
  await source.setToken({ accessToken: 'mine' })
  answer.reject(new TypeError('fetch failed'))
  await seconds(0.25)
  expect((await waiting).accessToken).toBe('mine')
})

test('a caller does not get its rejected token again if setToken is called during its renewal', async () => {
  const written = deferred<undefined>()
  const read = deferred<null>()
  const set = (_key: string, { accessToken }: Token) => (accessToken === 'mine-2' ? written.promise : undefined)
  const source = sourceOver(tokenEndpoint(), { store: { get: () => read.promise, set, delete: () => {} } })
  await source.setToken({ accessToken: 'mine-1' })
  const waiting = source.getToken({ rejected: 'mine-1' })
  await seconds(0)
  const setting = source.setToken({ accessToken: 'mine-2' })
  read.resolve(null)
  await seconds(0)
  written.resolve(undefined)
  await setting
  expect((await waiting).accessToken).not.toBe('mine-1')
})

test('clear forgets the token, and a running renewal does not bring it back', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const source = sourceOver(endpoint, { grant: signedIn })
  await source.setToken({ accessToken: 'mine', refreshToken: 'refresh-1', expiresAt: Date.now() })
  const waiting = errorOf(source.getToken())
  await seconds(0)
  await source.clear()
  answer.resolve(grant('late'))
  expect(await waiting).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(source.peek()).toBeUndefined()
  expect(endpoint.requests).toHaveLength(1)
})

test('clear empties memory at once', async () => {
  const source = sourceOver(tokenEndpoint())
  await source.getToken()
  const cleared = source.clear()
  expect(source.peek()).toBeUndefined()
  await cleared
})

test('clear also forgets a failure', async () => {
  const source = sourceOver(tokenEndpoint(refusal('invalid_client', 401)))
  await errorOf(source.getToken())
  await source.clear()
  expect((await source.getToken()).accessToken).toBe('token-2')
})

test.each<[Token | Record<string, unknown>, string]>([
  [{}, 'accessToken'],
  [{ accessToken: '' }, 'accessToken'],
  [{ accessToken: 'hunter2\r\n' }, 'accessToken'],
  [{ accessToken: 'hunter2', expiresAt: Number.NaN }, 'expiresAt'],
  [{ accessToken: 'hunter2', expiresAt: '2030-01-01' }, 'expiresAt'],
  [{ accessToken: 'hunter2', refreshToken: '' }, 'refreshToken'],
  [{ accessToken: 'hunter2', refreshToken: null }, 'refreshToken'],
])('setToken rejects with a TypeError for %o', async (token, member) => {
  const error = await errorOf(sourceOver(tokenEndpoint()).setToken(token as Token))
  expect(error).toBeInstanceOf(TypeError)
  expect(error).toHaveProperty('message', expect.stringContaining(member))
  expect(error).toHaveProperty('message', expect.not.stringContaining('hunter2'))
})

test('setToken copies the token, so that later changes to the object have no effect', async () => {
  const source = sourceOver(tokenEndpoint())
  const token = { accessToken: 'mine' }
  await source.setToken(token)
  token.accessToken = 'changed'
  expect((await source.getToken()).accessToken).toBe('mine')
})

test('a source without the option fetch uses the platform’s, and looks it up when it is needed', async () => {
  const source = createTokenSource({ provider, clientId: 'app', clientSecret: secret })
  vi.stubGlobal('fetch', tokenEndpoint().fetch)
  expect((await source.getToken()).accessToken).toBe('token-1')
  vi.unstubAllGlobals()
})

test.each([
  ['a token that lasts long enough is returned', 3_600_000, 600_000, 'token-0'],
  ['a token that ends sooner is renewed, and the call waits', 599_999, 600_000, 'token-1'],
  ['a token that ends after exactly that time is returned', 600_000, 600_000, 'token-0'],
  ['without validForMs, a token that is alive is returned', 2000, undefined, 'token-0'],
])('%s', async (_what, leftMs, validForMs, accessToken) => {
  const source = sourceOver(tokenEndpoint())
  await source.setToken({ accessToken: 'token-0', expiresAt: Date.now() + 3_600_000 })
  await seconds((3_600_000 - leftMs) / 1000)
  expect((await source.getToken({ validForMs })).accessToken).toBe(accessToken)
  // A renewal that began in the background ends.
  await source.idle()
})

test('no token lasts longer than a new one: validForMs counts as at most 90 % of the lifetime, or up to 5 s as 10 %', async () => {
  const endpoint = tokenEndpoint(...Array.from({ length: 9 }, (_, index) => grant(`t-${index}`, { expires_in: 100 })))
  const source = sourceOver(endpoint)
  await source.getToken({ validForMs: 7_200_000 })
  await seconds(10)
  expect((await source.getToken({ validForMs: 7_200_000 })).accessToken).toBe('t-0')
  await seconds(0.001)
  expect((await source.getToken({ validForMs: 7_200_000 })).accessToken).toBe('t-1')
  const short = sourceOver(tokenEndpoint(grant('s-0', { expires_in: 20 }), grant('s-1', { expires_in: 20 })))
  await short.getToken()
  await seconds(17.9)
  expect((await short.getToken({ validForMs: 5000 })).accessToken).toBe('s-0')
  await seconds(0.2)
  expect((await short.getToken({ validForMs: 5000 })).accessToken).toBe('s-1')
})

test('calls with validForMs share one renewal, and other calls do not wait for it', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const source = sourceOver(endpoint)
  await source.setToken({ accessToken: 'token-0', expiresAt: Date.now() + 60_000 })
  await seconds(50)
  const long = Array.from({ length: 10 }, () => source.getToken({ validForMs: 30_000 }))
  expect((await source.getToken()).accessToken).toBe('token-0')
  answer.resolve(grant('token-1'))
  expect(new Set((await Promise.all(long)).map(({ accessToken }) => accessToken))).toEqual(new Set(['token-1']))
  expect(endpoint.requests).toHaveLength(1)
})

test('if the renewal for validForMs fails, or is in back-off, the call gets the token that is alive', async () => {
  const endpoint = tokenEndpoint(refusal('invalid_client', 401))
  const source = sourceOver(endpoint)
  await source.setToken({ accessToken: 'token-0', expiresAt: Date.now() + 60_000 })
  await seconds(50)
  for (let call = 0; call < 3; call += 1) {
    expect((await source.getToken({ validForMs: 30_000 })).accessToken).toBe('token-0')
  }
  expect(endpoint.requests).toHaveLength(1)
})

test('a rejected token is not returned, even if its renewal fails and validForMs is given', async () => {
  const source = sourceOver(tokenEndpoint(refusal('invalid_client', 401)))
  await source.setToken({ accessToken: 'token-0', expiresAt: Date.now() + 60_000 })
  expect(await errorOf(source.getToken({ rejected: 'token-0', validForMs: 30_000 }))).toMatchObject({
    code: 'TOKEN_REFUSED',
  })
})

test('idle() resolves at once if nothing is running, and waits for a renewal otherwise, even for a failing one', async () => {
  for (const fails of [false, true]) {
    const answer = deferred<Response>()
    const source = sourceOver(tokenEndpoint(answer.promise))
    await source.idle()
    const outcome = source.getToken().catch(() => {})
    let isIdle = false
    const idle = source.idle().then(() => (isIdle = true))
    await seconds(1)
    expect(isIdle).toBe(false)
    answer.resolve(fails ? refusal('invalid_client', 401) : grant('token-1'))
    await idle
    await outcome
  }
})

test('idle() waits for a renewal in the background, and for a call whose key is still computed', async () => {
  const answer = deferred<Response>()
  const source = sourceOver(tokenEndpoint(answer.promise), { store: new Map<string, Token>() })
  const outcome = source.getToken()
  let isIdle = false
  const idle = source.idle().then(() => (isIdle = true))
  await seconds(1)
  expect(isIdle).toBe(false)
  answer.resolve(grant('token-1', { expires_in: 10 }))
  await idle
  await outcome

  const later = deferred<Response>()
  const other = sourceOver(tokenEndpoint(grant('a', { expires_in: 10 }), later.promise))
  await other.getToken()
  await seconds(9)
  other.peek()
  let isOtherIdle = false
  const otherIdle = other.idle().then(() => (isOtherIdle = true))
  await seconds(0)
  expect(isOtherIdle).toBe(false)
  later.resolve(grant('b'))
  await otherIdle
  expect(other.peek()).toBe('Bearer b')
})

test('a request whose credentials were looked up too late is not sent', async () => {
  const secrets = deferred<string>()
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint, { clientSecret: () => secrets.promise, timeoutMs: 400 })
  const error = errorOf(source.getToken())
  await seconds(0.4)
  expect(await error).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  secrets.resolve('secret')
  await seconds(1)
  expect(endpoint.requests).toHaveLength(0)
})

test('idle() waits for a call that starts while it waits for another one', async () => {
  const answers = [deferred<Response>(), deferred<Response>()] as const
  const source = sourceOver(tokenEndpoint(...answers.map(({ promise }) => promise)))
  const first = source.getToken()
  let isIdle = false
  const idle = source.idle().then(() => (isIdle = true))
  const second = first.then(() => source.getToken({ rejected: 'token-1' }))
  answers[0].resolve(grant('token-1'))
  await first
  await seconds(1)
  expect(isIdle).toBe(false)
  answers[1].resolve(grant('token-2'))
  await idle
  expect((await second).accessToken).toBe('token-2')
})

test('a token of a store that is too short for validForMs is renewed, however long it lasted when it was issued', async () => {
  const store = new Map<string, Token>()
  await sourceOver(tokenEndpoint(grant('stored')), {
    store: {
      get: (key) => store.get(key),
      set: (key, token) => store.set(key, token),
      delete: (key) => store.delete(key),
    },
  }).getToken()
  await seconds(3570)
  const source = sourceOver(tokenEndpoint(grant('new')), { store })
  expect((await source.getToken()).accessToken).toBe('stored')
  expect((await source.getToken({ validForMs: 60_000 })).accessToken).toBe('new')
})

test.each<[string, TokenSourceOptions]>([
  ['in memory', {}],
  ['in a Map', { store: new Map() }],
  ['in an asynchronous store', { store: createDatabase().open() }],
])(
  'setToken, clear and getToken of a new source take effect in the order of their calls, %s',
  async (_where, options) => {
    const token = (accessToken: string) => ({ accessToken, expiresAt: Date.now() + 3_600_000 })
    const create = (key: string) => sourceOver(tokenEndpoint(), { grant: signedIn, key, ...options })
    const cleared = create('a')
    await Promise.allSettled([cleared.setToken(token('x')), cleared.getToken(), cleared.clear()])
    expect(cleared.peek()).toBeUndefined()
    expect(await errorOf(cleared.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
    const kept = create('b')
    await Promise.allSettled([kept.clear(), kept.getToken(), kept.setToken(token('new'))])
    expect((await kept.getToken()).accessToken).toBe('new')
    const last = create('c')
    await Promise.allSettled([last.setToken(token('x')), last.getToken(), last.setToken(token('new'))])
    expect((await last.getToken()).accessToken).toBe('new')
  },
)

test('idle() waits for a log-out', async () => {
  const database = createDatabase()
  const removing = deferred<undefined>()
  const remove = async () => removing.promise
  const source = sourceOver(tokenEndpoint(), { grant: signedIn, key: 'a', store: database.open({ delete: remove }) })
  await source.setToken({ accessToken: 'x' })
  let isIdle = false
  const done = source.clear()
  const idle = source.idle().then(() => (isIdle = true))
  await seconds(0.1)
  expect(isIdle).toBe(false)
  removing.resolve(undefined)
  await Promise.all([done, idle])
})

test('a grant that can start over does so after a 200 with an error, too', async () => {
  const endpoint = tokenEndpoint(grant('token-1', { refresh_token: 'r' }), refusal('invalid_grant', 200))
  const source = sourceOver(endpoint, { grant: password })
  await source.getToken()
  await seconds(3601)
  expect((await source.getToken()).accessToken).toBe('token-3')
})

test('a call that needs a longer token gets the one at hand before that ends, if the server does not answer', async () => {
  const endpoint = tokenEndpoint(grant('token-1', { expires_in: 60 }), new Promise<Response>(() => {}))
  const source = sourceOver(endpoint)
  await source.getToken()
  await seconds(56)
  const token = source.getToken({ validForMs: 5000 })
  await seconds(3.6)
  expect((await token).accessToken).toBe('token-1')
  await seconds(10)
})

test('a call that needs a longer token waits for it if the one at hand is nearly over', async () => {
  const answer = deferred<Response>()
  const source = sourceOver(tokenEndpoint(grant('old', { expires_in: 100 }), answer.promise))
  await source.getToken()
  await seconds(99.6)
  const token = source.getToken({ validForMs: 5000 })
  await seconds(0.1)
  answer.resolve(grant('new'))
  expect((await token).accessToken).toBe('new')
})

test('a call that needs a longer token gets none that ended while the process was frozen', async () => {
  const answer = deferred<Response>()
  const source = sourceOver(tokenEndpoint(grant('old', { expires_in: 100 }), answer.promise))
  await source.getToken()
  await seconds(97)
  const token = source.getToken({ validForMs: 5000 })
  await seconds(1)
  vi.setSystemTime(Date.now() + 600_000)
  await seconds(3)
  answer.resolve(grant('new'))
  expect((await token).accessToken).toBe('new')
})
