import { useFakeTime } from '../fake-time.ts'
import { expect, test, vi } from 'vitest'
import type { Grant, Token, TokenStore } from '../../src/index.ts'
import { accessTokenOf, createDatabase, until, watch } from '../database.ts'
import { deferred, errorOf, grant, refusal, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

type Lock = NonNullable<TokenStore['lock']>

/** A grant of a user who signed in elsewhere: it cannot start over. */
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
  'a store whose get %s is an event, and things go on without it',
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
  'a store whose set %s is an event, and things go on without it',
  async (_what, set, wait, message) => {
    const endpoint = tokenEndpoint(grant('token-1', { refresh_token: 'refresh-1' }), grant('token-2'))
    const writing = vi.fn<() => unknown>(set)
    const { source, events } = watch(endpoint, { store: createDatabase().open({ set: writing }) })
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

test('a store that says false has not written: that is what a Keyv does whose database is down', async () => {
  const set = async () => false
  const endpoint = tokenEndpoint(grant('token-1', { refresh_token: 'refresh-1' }))
  const { source, events } = watch(endpoint, { store: createDatabase().open({ set }) })
  await source.getToken()
  expect(events[0]).toMatchObject({
    type: 'store-failed',
    operation: 'set',
    message: 'the store did not write it',
    isRefreshTokenAtRisk: true,
  })
  expect(await errorOf(source.setToken({ accessToken: 'mine' }))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test('a token that can be had again is not at risk when the store does not take it', async () => {
  const { source, events } = watch(tokenEndpoint(), { store: createDatabase().open({ set: reject }) })
  await source.getToken()
  expect(events[0]).toMatchObject({ type: 'store-failed', isRefreshTokenAtRisk: false })
})

test.each([
  [undefined, 500],
  [2000, 2000],
])('storeTimeoutMs %s: the store may take %i ms', async (storeTimeoutMs, ms) => {
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
  // What it says later is of no account.
  answer.resolve({ accessToken: 'late' })
  await seconds(0)
  expect(source.peek()).toBe('Bearer token-1')
})

test('an answer just in time counts', async () => {
  const answer = deferred<Token>()
  const get = vi.fn<() => unknown>(() => answer.promise)
  const source = sourceOver(tokenEndpoint(), { store: createDatabase().open({ get }) })
  const waiting = source.getToken()
  await until(() => get.mock.calls.length)
  await seconds(0.499)
  answer.resolve({ accessToken: 'mine' })
  expect((await waiting).accessToken).toBe('mine')
})

test('a store that recovers is used again, without anybody doing anything', async () => {
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
  ['a text', 'token-0', 'accessToken'],
  ['false', false, 'accessToken'],
  ['an empty object', {}, 'accessToken'],
  ['a list', [{ accessToken: 'token-0' }], 'accessToken'],
  ['an access token that is no text', { accessToken: 7 }, 'accessToken'],
  ['an access token that no header can hold', { accessToken: 'token-0\r\nx: y' }, 'accessToken'],
  ['an end that is no number', { accessToken: 'token-0', expiresAt: Number.NaN }, 'expiresAt'],
  ['an end that is a text', { accessToken: 'token-0', expiresAt: '2100-01-01' }, 'expiresAt'],
  ['an end that is null', { accessToken: 'token-0', expiresAt: null }, 'expiresAt'],
  ['an empty refresh token', { accessToken: 'token-0', refreshToken: '' }, 'refreshToken'],
  ['a refresh token that is no text', { accessToken: 'token-0', refreshToken: {} }, 'refreshToken'],
])('a store that holds %s counts as empty, and is put right', async (_what, value, member) => {
  const database = createDatabase()
  const { source, events } = watch(tokenEndpoint(), { store: database.open({ get: () => value }) })
  expect(await accessTokenOf(source)).toBe('token-1')
  const message: unknown = expect.stringContaining(`what is stored is no token: ${member}`)
  const failure = { type: 'store-failed', operation: 'get', message, isRefreshTokenAtRisk: false }
  // It was read before the request, and again before it was written over.
  expect(events).toMatchObject([...(member ? [failure, failure] : []), { type: 'renewed' }])
  expect(JSON.stringify(events)).not.toContain('token-0')
  expect(database.tokens()).toMatchObject([{ accessToken: 'token-1' }])
})

test('no event shows a token, even where the errors of the store do', async () => {
  const long = 'abcdefghijklmnopqrstuvwxyz'
  const members = { refresh_token: 'refresh-secret', id_token: 'id-secret' }
  const endpoint = tokenEndpoint(grant('access-secret', members))
  const repeat: TokenStore = {
    get: () => Promise.reject(new Error(`cannot decrypt {"accessToken":"${long}"}`, { cause: new Error(long) })),
    set: (_key, token) => Promise.reject(new Error(`too long: ${JSON.stringify(token)}`)),
    delete: () => Promise.reject(new Error(`still there: ${long}`)),
    lock: () => Promise.reject(new Error(`no lock on ${long}`)),
  }
  const { source, events } = watch(endpoint, { store: repeat })
  await source.getToken()
  await errorOf(source.clear())
  expect(events).toMatchObject([
    { operation: 'get', message: expect.stringMatching(/^cannot decrypt \[redacted\]/) },
    { operation: 'get' },
    { operation: 'set', message: expect.stringMatching(/^too long: /), isRefreshTokenAtRisk: true },
    { type: 'renewed' },
    { operation: 'delete', message: 'still there: [redacted]' },
  ])
  expect(JSON.stringify(events)).not.toMatch(/secret|abcdef/)
})

test('no event shows what the error of a lock repeats', async () => {
  const lock = () => Promise.reject(new Error('no lock on abcdefghijklmnopqrstuvwxyz'))
  const { source, events } = watch(tokenEndpoint(), { store: { ...createDatabase().open(), lock } })
  await source.getToken()
  expect(events[0]).toMatchObject({ operation: 'lock', message: 'no lock on [redacted]' })
})

test('no event shows a token that was to be written, however short', async () => {
  const set = (_key: string, { accessToken, refreshToken, idToken }: Token) =>
    Promise.reject(new Error(`refused: ${accessToken} ${refreshToken} ${idToken}`))
  const members = { refresh_token: 'r-secret', id_token: 'i-secret' }
  const { source, events } = watch(tokenEndpoint(grant('a-secret', members)), { store: createDatabase().open({ set }) })
  await source.getToken()
  expect(events[0]).toMatchObject({ operation: 'set', message: 'refused: [redacted] [redacted] [redacted]' })
})

test('no event shows a part of a token, as the errors of JSON.parse do', async () => {
  const get = () => JSON.parse('{"accessToken":"token-0" "expiresAt":1}')
  const { source, events } = watch(tokenEndpoint(), { store: createDatabase().open({ get }) })
  await source.getToken()
  expect(events[0]).toMatchObject({ operation: 'get', message: 'what is stored cannot be parsed' })
})

test.each(failing)(
  'setToken rejects when set %s, and the token serves all the same',
  async (_what, set, wait, _message) => {
    const writing = vi.fn<() => unknown>(set)
    const { source } = watch(tokenEndpoint(), { store: createDatabase().open({ set: writing }), grant: signedIn })
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

test.each(failing)('clear rejects when delete %s, and memory is empty all the same', async (_what, remove, wait) => {
  const deleting = vi.fn<() => unknown>(remove)
  const { source } = watch(tokenEndpoint(), { store: createDatabase().open({ delete: deleting }), grant: signedIn })
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

test('a store that cannot be read is no reason to sign in again', async () => {
  let isDown = true
  const database = createDatabase()
  const whole = database.open()
  await sourceOver(tokenEndpoint(), { store: whole, grant: signedIn }).setToken({ accessToken: 'mine' })
  const store = database.open({ get: (key) => (isDown ? reject() : whole.get(key)) })
  const { source } = watch(tokenEndpoint(), { store, grant: signedIn })
  expect(await errorOf(source.getToken())).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: 'example: the store failed, so nobody knows whether a token is stored: try again later',
  })
  isDown = false
  await seconds(1)
  expect(await accessTokenOf(source)).toBe('mine')
})

test('under a lock, processes that start at the same time make one token request', async () => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const { lock } = database
  const processes = Array.from({ length: 8 }, () => watch(endpoint, { store: database.open({ lock }) }))
  const tokens = await Promise.all(processes.flatMap(({ source }) => [source.getToken(), source.getToken()]))
  expect(new Set(tokens.map(({ accessToken }) => accessToken))).toEqual(new Set(['token-1']))
  expect(endpoint.requests).toHaveLength(1)
  expect(processes.flatMap(({ types }) => types()).toSorted()).toEqual([...Array(7).fill('adopted'), 'renewed'])
})

test('under a lock, processes whose token was rejected at the same time make one token request', async () => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const { lock } = database
  const sources = Array.from({ length: 8 }, () => sourceOver(endpoint, { store: database.open({ lock }) }))
  for (const source of sources) await source.getToken()
  const tokens = await Promise.all(sources.map((source) => accessTokenOf(source, 'token-1')))
  expect(new Set(tokens)).toEqual(new Set(['token-2']))
  expect(endpoint.requests).toHaveLength(2)
})

test('under a lock, processes whose token ages at the same time make one token request', async () => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const { lock } = database
  const sources = Array.from({ length: 8 }, () => sourceOver(endpoint, { store: database.open({ lock }) }))
  for (const source of sources) await source.getToken()
  await seconds(3400)
  for (const source of sources) source.peek()
  await seconds(0)
  expect(sources.map((source) => source.peek())).toEqual(Array(8).fill('Bearer token-2'))
  expect(endpoint.requests).toHaveLength(2)
})

test('a token that the store holds already takes no lock', async () => {
  const database = createDatabase()
  const { lock } = database
  await sourceOver(tokenEndpoint(), { store: database.open({ lock }) }).getToken()
  database.operations.length = 0
  await sourceOver(tokenEndpoint(), { store: database.open({ lock }) }).getToken()
  expect(database.operations).toEqual(['get'])
})

test('the work runs inside the lock: it reads again, asks, and writes if nothing has changed', async () => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const lock: Lock = async (_key, work) => {
    database.operations.push('lock')
    const outcome = await work({ signal: new AbortController().signal })
    database.operations.push(`unlock after ${endpoint.requests.length}`)
    return outcome
  }
  await sourceOver(endpoint, { store: database.open({ lock }) }).getToken()
  expect(database.operations).toEqual(['get', 'lock', 'get', 'get', 'set for 3600000', 'unlock after 1'])
})

test.each<[string, Lock, string]>([
  ['throws', fail, 'down'],
  ['rejects', reject, 'down'],
  ['comes back without having run the work', async () => undefined as never, 'it did not run the work'],
])('a lock that %s: the work runs without it, once', async (_what, lock, message) => {
  const endpoint = tokenEndpoint()
  const { source, events } = watch(endpoint, { store: createDatabase().open({ lock }) })
  expect(await accessTokenOf(source)).toBe('token-1')
  expect(endpoint.requests).toHaveLength(1)
  expect(events).toMatchObject([
    { type: 'store-failed', operation: 'lock', message, isRefreshTokenAtRisk: false },
    { type: 'renewed' },
  ])
})

const signal = new AbortController().signal

test.each<[string, Lock]>([
  [
    'fails after the work',
    async (_key, work) => {
      await work({ signal })
      return fail()
    },
  ],
  [
    'is lost while the work runs',
    async (_key, work) => {
      void work({ signal })
      return fail()
    },
  ],
])('a lock that %s takes nothing from what the work came to', async (_what, lock) => {
  const endpoint = tokenEndpoint()
  const { source, events, types } = watch(endpoint, { store: createDatabase().open({ lock }) })
  expect(await accessTokenOf(source)).toBe('token-1')
  expect(endpoint.requests).toHaveLength(1)
  await until(() => events.length === 2)
  expect(types().toSorted()).toEqual(['renewed', 'store-failed'])
})

test('a lock that is not given back keeps nobody waiting for longer than the store may take', async () => {
  const lock: Lock = async (_key, work) => {
    await work({ signal })
    return hang()
  }
  const database = createDatabase()
  const waiting = sourceOver(tokenEndpoint(), { store: database.open({ lock }) }).getToken()
  await until(() => database.contents.size)
  await seconds(0.5)
  expect((await waiting).accessToken).toBe('token-1')
})

test.each<[string, Lock]>([
  ['runs the work twice', (_key, work) => work({ signal }).then(() => work({ signal }))],
  ['tries again when the work fails', (_key, work) => work({ signal }).catch(() => work({ signal }))],
])('a lock that %s makes one token request all the same', async (_what, lock) => {
  const endpoint = tokenEndpoint(refusal('invalid_client', 401))
  const { source } = watch(endpoint, { store: createDatabase().open({ lock }) })
  await errorOf(source.getToken())
  expect(endpoint.requests).toHaveLength(1)
  await seconds(1)
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(endpoint.requests).toHaveLength(2)
})

test('whoever waits for the lock looks again when it is given back, and needs it no more if the token is there', async () => {
  const database = createDatabase()
  const sibling = sourceOver(tokenEndpoint(), { store: database.open() })
  const found: boolean[] = []
  const lock: Lock = async (_key, _work, reread) => {
    found.push((await reread?.()) !== undefined)
    await sibling.getToken()
    const token = await reread?.()
    found.push(token !== undefined)
    return token as never
  }
  const endpoint = tokenEndpoint()
  const { source, types } = watch(endpoint, { store: database.open({ lock }) })
  expect(await accessTokenOf(source)).toBe('token-1')
  expect(found).toEqual([false, true])
  expect(types()).toEqual(['adopted'])
  expect(endpoint.requests).toHaveLength(0)
})

test('what was found while the lock was waited for stands, even if the lock fails or runs the work after all', async () => {
  const database = createDatabase()
  const sibling = sourceOver(tokenEndpoint(), { store: database.open() })
  const lock: Lock = async (_key, work, reread) => {
    await sibling.getToken()
    await reread?.()
    await work({ signal })
    return fail()
  }
  const endpoint = tokenEndpoint()
  const { source, types } = watch(endpoint, { store: database.open({ lock }) })
  expect(await accessTokenOf(source)).toBe('token-1')
  await until(() => types().length === 2)
  expect(types().toSorted()).toEqual(['adopted', 'store-failed'])
  expect(endpoint.requests).toHaveLength(0)
})

test('once the work has run, nobody looks again', async () => {
  const lock: Lock = async (_key, work, reread) => {
    const token = await work({ signal })
    await reread?.()
    return token
  }
  const { source, types } = watch(tokenEndpoint(), { store: createDatabase().open({ lock }) })
  expect(await accessTokenOf(source)).toBe('token-1')
  expect(types()).toEqual(['renewed'])
})

test('the error of the work comes out of the lock as it is', async () => {
  const endpoint = tokenEndpoint(refusal('invalid_client', 401))
  const { lock } = createDatabase()
  const { source, types } = watch(endpoint, { store: createDatabase().open({ lock }) })
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_client' })
  expect(types()).toEqual(['failed'])
})

test('a lock keeps its this', async () => {
  class Store {
    readonly #contents = new Map<string, Token>()
    readonly held: string[] = []
    get(key: string) {
      return this.#contents.get(key)
    }
    set(key: string, token: Token) {
      this.#contents.set(key, token)
    }
    delete(key: string) {
      this.#contents.delete(key)
    }
    lock<T>(key: string, work: (lease: { signal: AbortSignal }) => Promise<T>) {
      this.held.push(key)
      return work({ signal })
    }
  }
  const store = new Store()
  const { source, types } = watch(tokenEndpoint(), { store })
  await source.getToken()
  await source.clear()
  expect(types()).toEqual(['renewed'])
  expect(store.held).toHaveLength(1)
})

test('a lock that is never granted ends at timeoutMs, and work that it runs later asks for nothing', async () => {
  const granted = deferred<undefined>()
  let isAsked = false
  const lock: Lock = (_key, work) => {
    isAsked = true
    return granted.promise.then(() => work({ signal }))
  }
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const { source, events } = watch(endpoint, { store: database.open({ lock }), timeoutMs: 3000 })
  const outcome = errorOf(source.getToken())
  await until(() => isAsked)
  await seconds(3)
  expect(await outcome).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: 'example: no token within 3000 ms: try again later, or raise timeoutMs',
  })
  expect(events).toMatchObject([{ type: 'failed', reason: 'absent' }])
  granted.resolve(undefined)
  await seconds(0)
  expect(endpoint.requests).toHaveLength(0)
  expect(database.contents.size).toBe(0)
})
