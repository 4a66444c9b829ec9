import { useFakeTime } from '../fake-time.ts'
import { expect, test, vi } from 'vitest'
import type { Grant, Token, TokenStore } from '../../src/index.ts'
import { accessTokenOf, createDatabase, until, watch } from '../database.ts'
import { deferred, errorOf, grant, password, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

/** The grant of a user who signed in elsewhere. It cannot get a token by itself. */
const signedIn: Grant = { name: 'sign-in', identity: '' }

const fail = () => {
  throw new Error('down')
}
const reject = () => Promise.reject(new Error('down'))
const hang = () => new Promise<never>(() => {})

const failing: [string, () => unknown, number, string][] = [
  ['throws', fail, 0, 'down'],
  ['rejects', reject, 0, 'down'],
  ['hangs', hang, 0.5, 'no answer within 500 ms'],
]

test.each(failing)(
  'a store whose get %s is reported in an event, and the call gets a token without it',
  async (_what, get, wait, message) => {
    const database = createDatabase()
    const { source, events } = watch(tokenEndpoint(), { store: database.open({ get }) })
    const waiting = source.getToken()
    await until(() => wait === 0 || vi.getTimerCount() === 2)
    await seconds(wait)
    expect((await waiting).accessToken).toBe('token-1')
    expect(events).toMatchObject([
      { type: 'store-failed', operation: 'get', message, isRefreshTokenAtRisk: false, provider: 'example' },
      { type: 'renewed' },
    ])
    expect(database.tokens()).toHaveLength(1)
  },
)

test.each(failing)(
  'a store whose set %s is reported in an event, and the call gets a token without it',
  async (_what, set, wait, message) => {
    const endpoint = tokenEndpoint(grant('token-1', { refresh_token: 'refresh-1' }), grant('token-2'))
    const writing = vi.fn<() => unknown>(set)
    const { source, events } = watch(endpoint, { grant: password, store: createDatabase().open({ set: writing }) })
    const waiting = source.getToken()
    await until(() => writing.mock.calls.length)
    await seconds(wait)
    expect((await waiting).accessToken).toBe('token-1')
    expect(source.peek()).toBe('Bearer token-1')
    expect(events).toMatchObject([
      { type: 'store-failed', operation: 'set', message, isRefreshTokenAtRisk: true },
      { type: 'renewed' },
      { type: 'served' },
    ])
  },
)

test('a set that returns false counts as failed: a Keyv does so when its database is down', async () => {
  const set = async () => false
  const endpoint = tokenEndpoint(grant('token-1', { refresh_token: 'refresh-1' }))
  const { source, events } = watch(endpoint, { grant: password, store: createDatabase().open({ set }) })
  await source.getToken()
  expect(events[0]).toMatchObject({
    type: 'store-failed',
    operation: 'set',
    message: 'the store did not write it',
    isRefreshTokenAtRisk: true,
  })
  expect(await errorOf(source.setToken({ accessToken: 'mine' }))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test('a failed write of a token without a refresh token puts no refresh token at risk', async () => {
  const { source, events } = watch(tokenEndpoint(), { store: createDatabase().open({ set: reject }) })
  await source.getToken()
  expect(events[0]).toMatchObject({ type: 'store-failed', isRefreshTokenAtRisk: false })
})

test.each([
  [undefined, 500],
  [2000, 2000],
])('with storeTimeoutMs %s, the store has %i ms to answer', async (storeTimeoutMs, ms) => {
  const answer = deferred<Token>()
  const get = vi.fn<() => unknown>(() => answer.promise)
  const endpoint = tokenEndpoint()
  const { source, types } = watch(endpoint, { store: createDatabase().open({ get }), storeTimeoutMs })
  const waiting = source.getToken()
  await until(() => get.mock.calls.length)
  await seconds((ms - 1) / 1000)
  expect(types()).toEqual([])
  await seconds(0.001)
  expect((await waiting).accessToken).toBe('token-1')
  // A later answer is ignored.
  answer.resolve({ accessToken: 'late' })
  await seconds(0)
  expect(source.peek()).toBe('Bearer token-1')
})

test('an answer of the store just before the timeout is used', async () => {
  const answer = deferred<Token>()
  const get = vi.fn<() => unknown>(() => answer.promise)
  const source = sourceOver(tokenEndpoint(), { store: createDatabase().open({ get }) })
  const waiting = source.getToken()
  await until(() => get.mock.calls.length)
  await seconds(0.499)
  answer.resolve({ accessToken: 'mine' })
  expect((await waiting).accessToken).toBe('mine')
})

test('a store that recovers is used again automatically', async () => {
  let isDown = true
  const database = createDatabase()
  const whole = database.open()
  const store: TokenStore = database.open({
    get: (key) => (isDown ? reject() : whole.get(key)),
    set: (key, token) => (isDown ? reject() : whole.set(key, token)),
  })
  const endpoint = tokenEndpoint()
  const { source, events, types } = watch(endpoint, { store })
  await source.getToken()
  expect(types()).toEqual(['store-failed', 'store-failed', 'renewed'])
  isDown = false
  events.length = 0
  expect(await accessTokenOf(source, 'token-1')).toBe('token-2')
  expect(types()).toEqual(['renewed'])
  expect(await accessTokenOf(sourceOver(endpoint, { store: database.open() }))).toBe('token-2')
})

test.each<[string, unknown, string | undefined]>([
  ['null', null, undefined],
  ['a number', 7, 'accessToken'],
  ['a string', 'token-0', 'accessToken'],
  ['false', false, 'accessToken'],
  ['an empty object', {}, 'accessToken'],
  ['a list', [{ accessToken: 'token-0' }], 'accessToken'],
  ['an access token that is not a string', { accessToken: 7 }, 'accessToken'],
  ['an access token that cannot be sent in a header', { accessToken: 'token-0\r\nx: y' }, 'accessToken'],
  ['an expiresAt that is NaN', { accessToken: 'token-0', expiresAt: Number.NaN }, 'expiresAt'],
  ['an expiresAt that is a string', { accessToken: 'token-0', expiresAt: '2100-01-01' }, 'expiresAt'],
  ['an expiresAt that is null', { accessToken: 'token-0', expiresAt: null }, 'expiresAt'],
  ['an empty refresh token', { accessToken: 'token-0', refreshToken: '' }, 'refreshToken'],
  ['a refresh token that is not a string', { accessToken: 'token-0', refreshToken: {} }, 'refreshToken'],
])('a store that holds %s counts as empty, and the new token replaces that value', async (_what, value, member) => {
  const database = createDatabase()
  const { source, events } = watch(tokenEndpoint(), { store: database.open({ get: () => value }) })
  expect(await accessTokenOf(source)).toBe('token-1')
  const message: unknown = expect.stringContaining(`the entry is not a token: ${member}`)
  const failure = { type: 'store-failed', operation: 'get', message, isRefreshTokenAtRisk: false }
  // The source read the entry before the request, and again before it replaced the entry.
  expect(events).toMatchObject([...(member ? [failure, failure] : []), { type: 'renewed' }])
  expect(JSON.stringify(events)).not.toContain('token-0')
  expect(database.tokens()).toMatchObject([{ accessToken: 'token-1' }])
})

test("no event shows a token, even if the store's errors do", async () => {
  const long = 'abcdefghijklmnopqrstuvwxyz'
  const members = { refresh_token: 'refresh-secret', id_token: 'id-secret' }
  const endpoint = tokenEndpoint(grant('access-secret', members))
  const repeat: TokenStore = {
    get: () => Promise.reject(new Error(`cannot decrypt {"accessToken":"${long}"}`, { cause: new Error(long) })),
    set: (_key, token) => Promise.reject(new Error(`too long: ${JSON.stringify(token)}`)),
    delete: () => Promise.reject(new Error(`still there: ${long}`)),
    lock: () => Promise.reject(new Error(`no lock on ${long}`)),
  }
  const { source, events } = watch(endpoint, { grant: password, store: repeat })
  await source.getToken()
  await errorOf(source.clear())
  expect(events).toMatchObject([
    { operation: 'get', message: expect.stringMatching(/^cannot decrypt \[redacted\]/) },
    { operation: 'get' },
    { operation: 'get' },
    { operation: 'set', message: expect.stringMatching(/^too long: /), isRefreshTokenAtRisk: true },
    { type: 'renewed' },
    { operation: 'delete', message: 'still there: [redacted]' },
  ])
  expect(JSON.stringify(events)).not.toMatch(/secret|abcdef/)
})

test("no event shows a long value that a lock's error repeats", async () => {
  const lock = () => Promise.reject(new Error('no lock on abcdefghijklmnopqrstuvwxyz'))
  const { source, events } = watch(tokenEndpoint(), { store: { ...createDatabase().open(), lock } })
  await source.getToken()
  expect(events[0]).toMatchObject({ operation: 'lock', message: 'no lock on [redacted]' })
})

test('no event shows the token of a failed write, however short the token is', async () => {
  const set = (_key: string, { accessToken, refreshToken, idToken }: Token) =>
    Promise.reject(new Error(`refused: ${accessToken} ${refreshToken} ${idToken}`))
  const members = { refresh_token: 'r-secret', id_token: 'i-secret' }
  const endpoint = tokenEndpoint(grant('a-secret', members))
  const { source, events } = watch(endpoint, { grant: password, store: createDatabase().open({ set }) })
  await source.getToken()
  expect(events[0]).toMatchObject({ operation: 'set', message: 'refused: [redacted] [redacted] [redacted]' })
})

test('no event shows a part of a token, even if an error of JSON.parse does', async () => {
  const get = () => JSON.parse('{"accessToken":"token-0" "expiresAt":1}')
  const { source, events } = watch(tokenEndpoint(), { store: createDatabase().open({ get }) })
  await source.getToken()
  expect(events[0]).toMatchObject({ operation: 'get', message: 'the entry cannot be parsed' })
})

test.each(failing)(
  'setToken rejects if set %s, and the token is still served from memory',
  async (_what, set, wait, _message) => {
    const writing = vi.fn<() => unknown>(set)
    const { source } = watch(tokenEndpoint(), {
      store: createDatabase().open({ set: writing }),
      grant: signedIn,
      key: 'user',
    })
    const outcome = errorOf(source.setToken({ accessToken: 'mine', refreshToken: 'refresh-secret' }))
    await until(() => writing.mock.calls.length)
    await seconds(wait)
    expect(await outcome).toMatchObject({
      code: 'TOKEN_UNAVAILABLE',
      message: 'example: the store failed, so the token is in memory only',
    })
    expect(source.peek()).toBe('Bearer mine')
  },
)

test.each(failing)('clear rejects if delete %s, and memory is still emptied', async (_what, remove, wait) => {
  const deleting = vi.fn<() => unknown>(remove)
  const { source } = watch(tokenEndpoint(), {
    store: createDatabase().open({ delete: deleting }),
    grant: signedIn,
    key: 'user',
  })
  await source.setToken({ accessToken: 'mine' })
  const outcome = errorOf(source.clear())
  await until(() => deleting.mock.calls.length)
  expect(source.peek()).toBeUndefined()
  await seconds(wait)
  expect(await outcome).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: 'example: the store failed, so the token may still be in it',
  })
  expect(source.peek()).toBeUndefined()
})

test('a store that cannot be read is TOKEN_UNAVAILABLE, and the user does not have to sign in again', async () => {
  let isDown = true
  const database = createDatabase()
  const whole = database.open()
  await sourceOver(tokenEndpoint(), { store: whole, grant: signedIn, key: 'user' }).setToken({ accessToken: 'mine' })
  const store = database.open({ get: (key) => (isDown ? reject() : whole.get(key)) })
  const { source } = watch(tokenEndpoint(), { store, grant: signedIn, key: 'user' })
  expect(await errorOf(source.getToken())).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: 'example: the store failed, so it is unknown whether a token is stored: try again later',
  })
  isDown = false
  await seconds(1)
  expect(await accessTokenOf(source)).toBe('mine')
})
