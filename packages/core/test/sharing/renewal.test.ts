import { useFakeTime } from '../fake-time.ts'
import { expect, test, vi } from 'vitest'
import type { Grant, Token, TokenSourceOptions, TokenStore } from '../../src/index.ts'
import { accessTokenOf, createDatabase, until, watch } from '../database.ts'
import { deferred, errorOf, grant, password, refusal, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

/** The grant of a user who signed in elsewhere. It cannot get a token by itself. */
const signedIn: Grant = { name: 'sign-in', identity: '' }

const hour = 3_600_000

/** An authorization server that rotates refresh tokens. Each one can be redeemed one time only, by any process. */
function rotatingServer() {
  const redeemed: string[] = []
  let latest = 1
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const form = new URLSearchParams(await new Request(input, init).text())
    const refresh = form.get('refresh_token') ?? 'none'
    redeemed.push(refresh)
    if (refresh !== `refresh-${latest}`) return refusal('invalid_grant')
    latest += 1
    return grant(`token-${latest}`, { refresh_token: refresh && `refresh-${latest}` })
  }
  return { fetch, redeemed }
}

const first = (lifeMs = hour): Token => ({
  accessToken: 'token-1',
  refreshToken: 'refresh-1',
  expiresAt: Date.now() + lifeMs,
})

/** Processes that share a database, for one signed-in user. */
function processes(endpoint: { fetch: typeof fetch }) {
  const database = createDatabase()
  const start = (own: Parameters<typeof database.open>[0] = {}, options: TokenSourceOptions = {}) =>
    watch(endpoint, { store: database.open(own), grant: signedIn, key: 'user', ...options })
  return { database, start }
}

test('a fresh process renews with the refresh token in the store, and stores the new tokens', async () => {
  const server = rotatingServer()
  const { database, start } = processes(server)
  await start().source.setToken(first(0))
  const { source, events } = start()
  expect(await source.getToken()).toMatchObject({ accessToken: 'token-2', refreshToken: 'refresh-2' })
  expect(database.tokens()).toMatchObject([{ accessToken: 'token-2', refreshToken: 'refresh-2' }])
  expect(events).toMatchObject([{ type: 'renewed', reason: 'absent' }])
})

test('the refresh token in the store wins over the one in memory, which another process may have redeemed', async () => {
  const server = rotatingServer()
  const { start } = processes(server)
  const { source } = start()
  const sibling = start()
  await source.setToken(first())
  expect(await accessTokenOf(sibling.source)).toBe('token-1')
  await sibling.source.getToken({ rejected: 'token-1' })
  // The tokens of both processes have expired.
  await seconds(3600)
  expect(await accessTokenOf(source)).toBe('token-3')
  expect(server.redeemed).toEqual(['refresh-1', 'refresh-2'])
})

test.each([
  ['has already been stored', 0],
  ['is still being stored', 0.4],
])(
  'if another process redeems the refresh token at the same moment, its new token is adopted if it %s',
  async (_what, wait) => {
    const [granted, refused] = [deferred<Response>(), deferred<Response>()]
    const endpoint = tokenEndpoint(granted.promise, refused.promise)
    const { database, start } = processes(endpoint)
    await start().source.setToken(first(0))
    const whole = database.open()
    const set = async (key: string, token: Token) => {
      await new Promise((resolve) => setTimeout(resolve, wait * 1000))
      await whole.set(key, token)
    }
    const [winner, loser] = [start({ set }), start()]
    const won = winner.source.getToken()
    await until(() => endpoint.requests.length)
    const lost = loser.source.getToken()
    await until(() => endpoint.requests.length === 2)
    granted.resolve(grant('token-2', { refresh_token: 'refresh-2' }))
    await seconds(0)
    refused.resolve(refusal('invalid_grant'))
    await seconds(0.5)
    expect((await won).accessToken).toBe('token-2')
    expect(await lost).toEqual(await won)
    expect(loser.types()).toEqual(['adopted'])
    expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-2' }])
  },
)

test('if another process rotated the refresh token and its access token has expired too, the new refresh token is tried', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise, grant('token-3', { refresh_token: 'refresh-3' }))
  const { database, start } = processes(endpoint)
  const sibling = start()
  await sibling.source.setToken(first(0))
  const { source } = start()
  const waiting = source.getToken()
  await until(() => endpoint.requests.length)
  await sibling.source.setToken({ ...first(0), refreshToken: 'refresh-2' })
  answer.resolve(refusal('invalid_grant'))
  expect((await waiting).accessToken).toBe('token-3')
  expect(await endpoint.requests[1]?.text()).toBe('grant_type=refresh_token&refresh_token=refresh-2')
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-3' }])
})

test('if the new refresh token of another process is dead too, the user must sign in', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise, refusal('invalid_grant'))
  const { database, start } = processes(endpoint)
  const sibling = start()
  await sibling.source.setToken(first(0))
  const waiting = errorOf(start().source.getToken())
  await until(() => endpoint.requests.length)
  await sibling.source.setToken({ ...first(0), refreshToken: 'refresh-2' })
  answer.resolve(refusal('invalid_grant'))
  await seconds(0.5)
  expect(await waiting).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(endpoint.requests).toHaveLength(2)
  expect(database.contents.size).toBe(0)
})

test('a dead refresh token is deleted and not tried again', async () => {
  const endpoint = tokenEndpoint(...Array.from({ length: 20 }, () => refusal('invalid_grant')))
  const { database, start } = processes(endpoint)
  const { source } = start()
  await source.setToken(first(0))
  for (let second = 0; second < 10; second += 1) {
    const outcome = errorOf(source.getToken())
    await seconds(1)
    expect(await outcome).toMatchObject({
      code: 'TOKEN_MISSING',
      message: expect.stringMatching(
        second === 0
          ? /^example: the refresh token is no longer good, and sign-in cannot get a token by itself: sign in again$/
          : /, and sign-in cannot get a token by itself: sign in again$/,
      ),
    })
  }
  expect(database.contents.size).toBe(0)
  expect(endpoint.requests).toHaveLength(1)
  expect(await errorOf(start().source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(endpoint.requests).toHaveLength(1)
})

test('a refresh token that is gone from the store is redeemed from memory if the grant can start over by itself', async () => {
  const server = rotatingServer()
  const database = createDatabase()
  const { source } = watch(server, { store: database.open(), grant: password })
  await source.setToken(first())
  database.contents.clear()
  await seconds(3600)
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-2' }])
})

test.each<[string, TokenSourceOptions]>([
  ['key', { grant: signedIn, key: 'user' }],
  ['identity', { grant: { ...signedIn, identity: 'user' } }],
])('the refresh token of a user, named by %s, that is gone from the store is not redeemed', async (_what, options) => {
  const server = rotatingServer()
  const database = createDatabase()
  const start = () => watch(server, { store: database.open(), ...options }).source
  const [one, other] = [start(), start()]
  await one.setToken(first())
  await other.getToken()
  await one.clear()
  await seconds(3600)
  expect(await errorOf(other.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(database.tokens()).toEqual([])
})

test('the scope and the ID token stay the same if an answer leaves them out', async () => {
  const endpoint = tokenEndpoint(
    grant('token-1', { refresh_token: 'refresh-1', scope: 'read', id_token: 'id-1' }),
    grant('token-2'),
    grant('token-3', { scope: 'less' }),
  )
  const { source } = watch(endpoint, { grant: password, store: createDatabase().open() })
  await source.getToken()
  await seconds(3600)
  expect(await source.getToken()).toMatchObject({ accessToken: 'token-2', scope: 'read', idToken: 'id-1' })
  await seconds(3600)
  expect(await source.getToken()).toMatchObject({ accessToken: 'token-3', scope: 'less', idToken: 'id-1' })
})

test.each([
  ['at once', (reason: string) => reason],
  ['later', async (reason: string) => reason],
])('a refreshed token that the grant refuses %s is neither used nor stored', async (_when, answer) => {
  const server = rotatingServer()
  const { database, start } = processes(server)
  const seen: [Token, Token][] = []
  const grantThatChecks: Grant = {
    ...signedIn,
    checkRefreshed: (token, previous) => {
      seen.push([token, previous])
      return answer('a token of another user')
    },
  }
  const { source } = start({}, { grant: grantThatChecks })
  await source.setToken(first(0))
  expect(await errorOf(source.getToken())).toMatchObject({
    code: 'TOKEN_MALFORMED',
    provider: 'example',
    message: 'example: the tokenEndpoint answered with a token of another user: sign in again',
  })
  expect(seen).toMatchObject([[{ accessToken: 'token-2' }, { accessToken: 'token-1' }]])
  expect(database.tokens()).toMatchObject([{ accessToken: 'token-1' }])
  expect(source.peek()).toBeUndefined()
})

test('an invalid_grant with a status that says try again does not end the refresh token', async () => {
  const endpoint = tokenEndpoint(grant('token-1', { refresh_token: 'refresh-1' }), refusal('invalid_grant', 503))
  const { source } = watch(endpoint, { grant: password, store: createDatabase().open() })
  await source.getToken()
  await seconds(3600)
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  await seconds(1)
  expect(await accessTokenOf(source)).toBe('token-3')
  expect(new URLSearchParams(await endpoint.requests[2]?.text()).get('refresh_token')).toBe('refresh-1')
})

test('if the refresh token is dead, the grant gets a new token if it can, which replaces the old one in the store', async () => {
  const endpoint = tokenEndpoint(grant('token-1', { refresh_token: 'refresh-1' }), refusal('invalid_grant'))
  const database = createDatabase()
  const source = sourceOver(endpoint, { grant: password, store: database.open() })
  await source.getToken()
  const waiting = accessTokenOf(source, 'token-1')
  await until(() => endpoint.requests.length === 2)
  await seconds(0.5)
  expect(await waiting).toBe('token-3')
  expect(await endpoint.requests[2]?.text()).toContain('grant_type=password')
  expect(database.tokens()).toEqual([{ accessToken: 'token-3', expiresAt: expect.any(Number) }])
  await seconds(3600)
  expect(await accessTokenOf(source)).toBe('token-4')
  expect(await endpoint.requests[3]?.text()).toContain('grant_type=password')
})

test.each([refusal('invalid_client', 401), new Response('', { status: 403 }), refusal('x', 503), new TypeError('x')])(
  'a failure other than invalid_grant does not delete a refresh token: %o',
  async (answer) => {
    const endpoint = tokenEndpoint(answer)
    const { database, start } = processes(endpoint)
    const { source } = start()
    await source.setToken(first(0))
    await errorOf(source.getToken())
    expect(endpoint.requests).toHaveLength(1)
    expect(database.tokens()).toEqual([first(0)])
    await seconds(1)
    expect(await accessTokenOf(source)).toBe('token-2')
  },
)

test('an access token that outlives its refresh token is still served, and the refresh token is not tried again', async () => {
  const endpoint = tokenEndpoint(...Array.from({ length: 20 }, () => refusal('invalid_grant')))
  const { start } = processes(endpoint)
  const { source, types, events } = start()
  await source.setToken(first())
  await seconds(3400)
  for (let second = 0; second < 199; second += 1) {
    expect(source.peek()).toBe('Bearer token-1')
    await seconds(1)
  }
  expect((await source.getToken()).refreshToken).toBeUndefined()
  expect(endpoint.requests).toHaveLength(1)
  expect(events.find(({ type }) => type === 'failed')).toMatchObject({ reason: 'ageing', hasToken: true })
  expect(types().filter((type) => type === 'failed').length).toBeLessThan(20)
  await seconds(1)
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
})

test('if the store fails when it is read a second time, the refresh token does not count as dead', async () => {
  const server = rotatingServer()
  const { database, start } = processes(server)
  const sibling = start()
  await sibling.source.setToken(first(0))
  const whole = database.open()
  let reads = 0
  const get = (key: string) => {
    reads += 1
    return reads === 2 ? Promise.reject(new Error('down')) : whole.get(key)
  }
  const { source } = start({ get })
  const stale = whole.get([...database.contents.keys()][0] ?? '')
  await sibling.source.getToken()
  await stale
  reads = 0
  const own = start({ get: (key) => (reads === 0 ? ((reads = 1), stale) : get(key)) })
  expect(await errorOf(own.source.getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-2' }])
  await seconds(1)
  expect(await accessTokenOf(own.source)).toBe('token-2')
  expect(await accessTokenOf(source)).toBe('token-2')
})

test('a rotated refresh token that cannot be saved is reported in an event, and is used instead of the old one', async () => {
  const server = rotatingServer()
  const { database, start } = processes(server)
  let isDown = false
  const whole = database.open()
  const set = (key: string, token: Token) => (isDown ? Promise.reject(new Error('read-only')) : whole.set(key, token))
  const { source, events } = start({ set })
  await source.setToken(first(0))
  isDown = true
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(events[0]).toMatchObject({ type: 'store-failed', operation: 'set', isRefreshTokenAtRisk: true })
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-1' }])
  isDown = false
  await seconds(3600)
  expect(await accessTokenOf(source)).toBe('token-3')
  expect(server.redeemed).toEqual(['refresh-1', 'refresh-2'])
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-3' }])
  // From here on, the store wins over memory again.
  await start().source.getToken({ rejected: 'token-3' })
  await seconds(3600)
  expect(await accessTokenOf(source)).toBe('token-5')
  expect(server.redeemed).toEqual(['refresh-1', 'refresh-2', 'refresh-3', 'refresh-4'])
})

test('an older token in the store does not replace a newer one that could not be saved', async () => {
  const endpoint = tokenEndpoint()
  const { start } = processes(endpoint)
  const { source } = start({ set: () => Promise.reject(new Error('read-only')) })
  await start().source.setToken({ accessToken: 'older', expiresAt: Date.now() + 1000 })
  await errorOf(source.setToken({ accessToken: 'refused', refreshToken: 'refresh-1', expiresAt: Date.now() + hour }))
  expect(await accessTokenOf(source, 'refused')).toBe('token-1')
})

test('after a newer token of another process is adopted, the store wins over memory again', async () => {
  const server = rotatingServer()
  const { database, start } = processes(server)
  let isDown = true
  const whole = database.open()
  const set = (key: string, token: Token) => (isDown ? Promise.reject(new Error('read-only')) : whole.set(key, token))
  const { source } = start({ set })
  await errorOf(source.setToken({ accessToken: 'token-0', refreshToken: 'refresh-0', expiresAt: Date.now() + hour }))
  isDown = false
  await seconds(60)
  await start().source.setToken(first())
  expect(await accessTokenOf(source, 'token-0')).toBe('token-1')
  await seconds(3600)
  // Another process redeems the adopted refresh token.
  await start().source.getToken()
  await seconds(3600)
  expect(await accessTokenOf(source)).toBe('token-3')
  expect(server.redeemed).toEqual(['refresh-1', 'refresh-2'])
})

test('after clear, a sign-in of another process is found, even if the token before it could not be saved', async () => {
  const { database, start } = processes(rotatingServer())
  let isDown = true
  const whole = database.open()
  const set = (key: string, token: Token) => (isDown ? Promise.reject(new Error('read-only')) : whole.set(key, token))
  const { source } = start({ set })
  await errorOf(source.setToken({ accessToken: 'mine' }))
  await source.clear()
  isDown = false
  await start().source.setToken(first(0))
  expect(await accessTokenOf(source)).toBe('token-2')
})

test('a write that fails after a new sign-in was saved does not make memory win over the store', async () => {
  const server = rotatingServer()
  const { database, start } = processes(server)
  const outcome = deferred<undefined>()
  const whole = database.open()
  const writing = vi.fn<() => void>()
  const set = (key: string, token: Token) => {
    if (token.accessToken !== 'token-2') return whole.set(key, token)
    writing()
    return outcome.promise
  }
  const { source } = start({ set })
  await source.setToken(first(0))
  const waiting = source.getToken()
  await until(() => writing.mock.calls.length)
  const setting = source.setToken({ accessToken: 'new', refreshToken: 'refresh-2', expiresAt: Date.now() + hour })
  await seconds(0)
  outcome.reject(new Error('down'))
  await setting
  expect((await waiting).accessToken).toBe('new')
  const sibling = start()
  await sibling.source.getToken({ rejected: 'new' })
  await seconds(3600)
  expect(await accessTokenOf(source)).toBe('token-4')
  expect(server.redeemed).toEqual(['refresh-1', 'refresh-2', 'refresh-3'])
})

test('a sign-in that could not be saved wins over the store, even if an earlier renewal ends later', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise, grant('token-3'))
  const { database, start } = processes(endpoint)
  let isDown = false
  const whole = database.open()
  const set = (key: string, token: Token) => (isDown ? Promise.reject(new Error('read-only')) : whole.set(key, token))
  const { source } = start({ set })
  await source.setToken(first(0))
  const waiting = source.getToken()
  await until(() => endpoint.requests.length)
  isDown = true
  await errorOf(source.setToken({ accessToken: 'new', refreshToken: 'new-refresh', expiresAt: Date.now() + hour }))
  answer.resolve(grant('late', { refresh_token: 'late-refresh' }))
  expect((await waiting).accessToken).toBe('new')
  await seconds(3600)
  await source.getToken()
  expect(await endpoint.requests[1]?.text()).toBe('grant_type=refresh_token&refresh_token=new-refresh')
})

test('a renewal that ends after a new sign-in does not touch the new refresh token', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const { database, start } = processes(endpoint)
  const { source } = start()
  await source.setToken({ ...first(), refreshToken: 'refresh-0' })
  await seconds(3400)
  source.peek()
  await until(() => endpoint.requests.length)
  await source.setToken(first())
  answer.resolve(refusal('invalid_grant'))
  await seconds(0)
  expect(endpoint.requests).toHaveLength(1)
  expect(await source.getToken()).toEqual(first())
  expect(database.tokens()).toEqual([first()])
})

test('a renewal that ends after a new sign-in deletes nothing, even if the store cannot be read', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const { database, start } = processes(endpoint)
  let isDown = false
  const whole = database.open()
  const { source } = start({ get: (key) => (isDown ? Promise.reject(new Error('down')) : whole.get(key)) })
  await source.setToken({ ...first(), refreshToken: 'refresh-0' })
  await seconds(3400)
  source.peek()
  await until(() => endpoint.requests.length)
  await source.setToken(first())
  isDown = true
  answer.resolve(refusal('invalid_grant'))
  await seconds(0)
  expect(await source.getToken()).toEqual(first())
  expect(database.tokens()).toEqual([first()])
})

test('an answer that comes too late for its callers is still saved: it may hold a rotated refresh token', async () => {
  const answer = deferred<Response>()
  const granted = deferred<undefined>()
  const endpoint = tokenEndpoint(answer.promise)
  const { database, start } = processes(endpoint)
  await start().source.setToken(first(0))
  let isAsked = false
  const lock: NonNullable<TokenStore['lock']> = async (_key, work) => {
    isAsked = true
    await granted.promise
    return work({ signal: new AbortController().signal })
  }
  const { source } = start({ lock }, { timeoutMs: 3000 })
  const outcome = errorOf(source.getToken())
  await until(() => isAsked)
  await seconds(2)
  granted.resolve(undefined)
  await until(() => endpoint.requests.length)
  await seconds(1)
  expect(await outcome).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  answer.resolve(grant('token-2', { refresh_token: 'refresh-2' }))
  await seconds(0)
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-2' }])
  expect(source.peek()).toBe('Bearer token-2')
})

test('a renewal whose second attempt ends after a new sign-in deletes nothing either', async () => {
  const [one, two] = [deferred<Response>(), deferred<Response>()]
  const endpoint = tokenEndpoint(one.promise, two.promise)
  const { database, start } = processes(endpoint)
  const { source } = start()
  await source.setToken({ ...first(0), refreshToken: 'refresh-0' })
  const waiting = source.getToken()
  await until(() => endpoint.requests.length)
  await start().source.setToken({ ...first(0), refreshToken: 'refresh-00' })
  one.resolve(refusal('invalid_grant'))
  await until(() => endpoint.requests.length === 2)
  await source.setToken(first())
  two.resolve(refusal('invalid_grant'))
  expect(await waiting).toEqual(first())
  expect(await source.getToken()).toEqual(first())
  expect(database.tokens()).toEqual([first()])
})

test('under a lock, eight processes redeem a refresh token only once', async () => {
  const server = rotatingServer()
  const { database, start } = processes(server)
  const { lock } = database
  await start().source.setToken(first(0))
  const all = Array.from({ length: 8 }, () => start({ lock }))
  const tokens = await Promise.all(all.map(({ source }) => accessTokenOf(source)))
  expect(new Set(tokens)).toEqual(new Set(['token-2']))
  expect(server.redeemed).toEqual(['refresh-1'])
})

test('without a lock, eight processes stay signed in through ten expiries', async () => {
  const server = rotatingServer()
  const { start } = processes(server)
  await start().source.setToken(first(0))
  const all = Array.from({ length: 8 }, () => start())
  for (let round = 0; round < 10; round += 1) {
    const tokens = Promise.all(all.map(({ source }) => accessTokenOf(source)))
    await seconds(0.5)
    expect(new Set(await tokens)).toEqual(new Set([`token-${round + 2}`]))
    await seconds(3600)
  }
})
