import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import { refreshToken, type Token, type TokenStore } from '../../src/index.ts'
import { accessTokenOf, createDatabase, until } from '../database.ts'
import { deferred, errorOf, grant, password, refusal, signedIn, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

// Tokens that are not used any more, although the store or the grant still has them. No other token may count as one.

const user = { grant: signedIn, key: 'user' }

/** A server that answers each refresh token with the next one, and notes what was sent. */
function rotating() {
  const sent: string[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const form = new URLSearchParams(await new Request(input, init).text())
    sent.push(form.get('refresh_token') ?? String(form.get('grant_type')))
    return grant(`token-${sent.length}`, { refresh_token: `refresh-${sent.length}` })
  }
  return { fetch, sent }
}

/** A store whose `delete` and `set` fail while `isDown`. */
function failing() {
  const database = createDatabase()
  const whole = database.open()
  const state = { isDown: false }
  const write = async <T>(work: () => T): Promise<T> => {
    if (state.isDown) throw new Error('down')
    return work()
  }
  const store: TokenStore = {
    get: (key) => whole.get(key),
    set: (key, token, ttlMs) => write(() => whole.set(key, token, ttlMs)),
    delete: (key) => write(() => whole.delete(key)),
  }
  return { database, state, store }
}

const places = [
  ['in memory', () => ({})],
  ['in a store', () => ({ store: createDatabase().open() })],
] as const

test.each([
  ["a user's", user],
  ["an application's", {}],
])('after a failed log-out, %s token of another process without a refresh token is used', async (_whose, options) => {
  const { database, state, store } = failing()
  const source = sourceOver(tokenEndpoint(), { store, ...options })
  await source.setToken({ accessToken: 'first', expiresAt: Date.now() + 3_600_000 })
  state.isDown = true
  await errorOf(source.clear())
  state.isDown = false
  await source.clear()
  const elsewhere = sourceOver(tokenEndpoint(), { store: database.open(), ...options })
  await elsewhere.setToken({ accessToken: 'second', expiresAt: Date.now() + 3_600_000 })
  expect(await accessTokenOf(source)).toBe('second')
})

test('a sign-in elsewhere with a refresh token that this process has redeemed is used until it ends', async () => {
  const database = createDatabase()
  const [one, other] = [1, 2].map(() => sourceOver(rotating(), { store: database.open(), ...user }))
  await one?.setToken({ accessToken: 'old', refreshToken: 'r', expiresAt: Date.now() })
  await one?.getToken()
  await other?.setToken({ accessToken: 'new', refreshToken: 'r', expiresAt: Date.now() + 7_200_000 })
  await seconds(3601)
  expect((await one?.getToken())?.accessToken).toBe('new')
})

test.each(places)('a refresh token that is set while it is redeemed is used, %s', async (_where, make) => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const source = sourceOver(endpoint, { ...user, ...make() })
  const token: Token = { accessToken: 'old', refreshToken: 'r', expiresAt: Date.now() }
  await source.setToken(token)
  const waiting = source.getToken().catch(() => {})
  await until(() => endpoint.requests.length)
  await source.setToken(token)
  answer.resolve(grant('late', { refresh_token: 's' }))
  await seconds(1)
  await waiting
  expect((await source.getToken()).accessToken).toBe('token-2')
})

test('if a newer refresh token is dead, one that a failed log-out ended is not sent instead', async () => {
  const { state, store } = failing()
  const server = rotating()
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const answer = await server.fetch(input, init)
    return server.sent.at(-1) === 'refresh-1' ? refusal('invalid_grant') : answer
  }
  const source = sourceOver({ fetch }, { store, grant: password, key: 'user' })
  await source.setToken({ accessToken: 'old', refreshToken: 'old', expiresAt: Date.now() + 3_600_000 })
  state.isDown = true
  await errorOf(source.clear())
  expect(await accessTokenOf(source)).toBe('token-1')
  await seconds(3601)
  const token = accessTokenOf(source)
  await seconds(2)
  expect(await token).toBe('token-3')
  expect(server.sent).toEqual(['password', 'refresh-1', 'password'])
  state.isDown = false
  await source.idle()
})

test.each(places)(
  'the refresh token of refreshToken() is not sent again after many rotations and a log-out, %s',
  async (_w, make) => {
    const server = rotating()
    const source = sourceOver(server, { grant: refreshToken('start'), ...make() })
    for (let rotation = 1; rotation <= 9; rotation += 1) {
      await source.getToken()
      await seconds(3601)
    }
    await source.clear()
    expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
    expect(server.sent.filter((sent) => sent === 'start')).toHaveLength(1)
  },
)

test.each(places)('nor after another token was set and cleared, %s', async (_where, make) => {
  const server = rotating()
  const source = sourceOver(server, { grant: refreshToken('start'), ...make() })
  await source.getToken()
  await source.setToken({ accessToken: 'other', refreshToken: 'other' })
  await source.clear()
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(server.sent).toEqual(['start'])
})

test.each(places)('nor after a log-out during its first redemption, %s', async (_where, make) => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const source = sourceOver(endpoint, { grant: refreshToken('start'), ...make() })
  const outcome = errorOf(source.getToken())
  await until(() => endpoint.requests.length)
  await source.clear()
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
  answer.resolve(grant('late', { refresh_token: 'r' }))
  expect(await outcome).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(endpoint.requests).toHaveLength(1)
})

test.each(places)('a dead refresh token of refreshToken() is sent once, %s', async (_where, make) => {
  let requests = 0
  const fetch = async () => {
    requests += 1
    return refusal('invalid_grant')
  }
  const source = sourceOver({ fetch }, { grant: refreshToken('dead'), ...make() })
  for (let second = 0; second < 120; second += 1) {
    const outcome = errorOf(source.getToken())
    await seconds(1)
    expect(await outcome).toMatchObject({ code: 'TOKEN_MISSING' })
  }
  expect(requests).toBe(1)
})

test.each(places)('refreshToken() takes no values from the token of another login, %s', async (_where, make) => {
  const source = sourceOver(tokenEndpoint(), { grant: refreshToken('start'), ...make() })
  await source.setToken({ accessToken: 'other', idToken: 'other', scope: 'other', expiresAt: Date.now() + 1000 })
  await seconds(2)
  expect(await source.getToken()).toEqual({
    accessToken: 'token-1',
    refreshToken: 'start',
    expiresAt: Date.now() + 3_600_000,
  })
})

test.each([async () => 'r', () => 7, () => null])('Grant.refreshToken must return a string: %s', async (start) => {
  const endpoint = tokenEndpoint()
  const own = { name: 'own', identity: 'x', refreshToken: start as unknown as () => string }
  for (const [, make] of places) {
    expect(await errorOf(sourceOver(endpoint, { grant: own, ...make() }).getToken())).toMatchObject({
      name: 'TypeError',
      message: 'refreshToken() of the grant own must return a string',
    })
  }
  expect(endpoint.requests).toHaveLength(0)
})

test('if the credentials cannot be looked up, clear() forgets also what a setToken before it has set', async () => {
  const database = createDatabase()
  const whole = database.open()
  let isDown = false
  const clientSecret = async () => {
    if (isDown) throw new Error('no vault')
    return 'secret'
  }
  const set: TokenStore['set'] = async (key, token) => {
    await new Promise((resolve) => setTimeout(resolve, 1500))
    return whole.set(key, token)
  }
  const options = { store: database.open({ set }), ...user, clientSecret, storeTimeoutMs: 3000 }
  const source = sourceOver(tokenEndpoint(), options)
  const signIn = source.setToken({ accessToken: 'a', expiresAt: Date.now() + 3_600_000 })
  await until(() => database.operations.includes('get'))
  const outcome = errorOf(source.clear())
  isDown = true
  await seconds(3)
  await signIn
  expect(await outcome).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(source.peek()).toBeUndefined()
})

test('a token that is being stored at a log-out that fails is not used by its process', async () => {
  const database = createDatabase()
  const whole = database.open()
  const writing = deferred<undefined>()
  let isDown = false
  let writes = 0
  const ask = async <T>(work: () => T): Promise<T> => {
    if (isDown) throw new Error('down')
    return work()
  }
  const store = database.open({
    get: (key) => ask(() => whole.get(key)),
    delete: (key) => ask(() => whole.delete(key)),
    set: async (key, token, ttlMs) => {
      writes += 1
      if (writes === 2) await writing.promise
      return whole.set(key, token, ttlMs)
    },
  })
  const endpoint = tokenEndpoint(grant('renewed', { refresh_token: 'refresh-1' }))
  const source = sourceOver(endpoint, { store, ...user })
  await source.setToken({ accessToken: 'old', refreshToken: 'refresh-0', expiresAt: Date.now() })
  const renewal = source.getToken().catch(() => undefined)
  await until(() => writes === 2)
  isDown = true
  const logOut = errorOf(source.clear())
  writing.resolve(undefined)
  expect(await logOut).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  isDown = false
  await renewal
  expect(database.tokens()).toMatchObject([{ accessToken: 'renewed' }])
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(endpoint.requests).toHaveLength(1)
})
