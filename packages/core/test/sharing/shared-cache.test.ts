import { useFakeTime } from '../fake-time.ts'
import { expect, test, vi } from 'vitest'
import type { Grant, Token, TokenStore } from '../../src/index.ts'
import { accessTokenOf, createDatabase, until, watch } from '../database.ts'
import { stateOf } from '../../src/sharing/state-of.ts'
import { deferred, errorOf, grant, password, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

/** The grant of a user who signed in elsewhere. It cannot get a token by itself. */
const signedIn: Grant = { name: 'sign-in', identity: '' }

test('a fresh process adopts the token in the store, without a token request', async () => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const first = await sourceOver(endpoint, { store: database.open() }).getToken()
  const { source, events } = watch(endpoint, { store: database.open() })
  await seconds(60)
  expect(await source.getToken()).toEqual(first)
  expect(source.peek()).toBe('Bearer token-1')
  expect(endpoint.requests).toHaveLength(1)
  const told = { provider: 'example', grant: 'client_credentials', expiresAt: first.expiresAt }
  expect(events).toEqual([
    { ...told, type: 'adopted', reason: 'absent', durationMs: 0 },
    { ...told, type: 'served' },
  ])
})

test.each<[string, () => TokenStore]>([
  ['a Map', () => new Map<string, Token>()],
  ['a store with promises', () => createDatabase().open()],
])('%s is a store: sources over the same object share its tokens', async (_what, create) => {
  const endpoint = tokenEndpoint()
  const store = create()
  await sourceOver(endpoint, { store }).getToken()
  expect(await accessTokenOf(sourceOver(endpoint, { store }))).toBe('token-1')
  expect(endpoint.requests).toHaveLength(1)
})

test('an adopted token is frozen, and the store keeps its own copy', async () => {
  const store = new Map<string, Token>()
  const token = { accessToken: 'mine' }
  const source = sourceOver(tokenEndpoint(), { store })
  await source.setToken(token)
  token.accessToken = 'changed'
  expect([...store.values()]).toEqual([{ accessToken: 'mine' }])
  const adopted = sourceOver(tokenEndpoint(), { store: new Map(store) })
  expect(Object.isFrozen(await adopted.getToken())).toBe(true)
  expect(await accessTokenOf(adopted)).toBe('mine')
})

test('a call that memory can serve does not use the store', async () => {
  const database = createDatabase()
  const source = sourceOver(tokenEndpoint(), { store: database.open() })
  await source.getToken()
  expect(database.operations).toEqual(['get', 'get', 'set for 3600000'])
  await seconds(3000)
  await source.getToken()
  source.peek()
  // The rejection of a token that is not the current one does not use it either.
  await source.getToken({ rejected: 'another' })
  expect(database.operations).toEqual(['get', 'get', 'set for 3600000'])
})

test('a source does not use the store before its first call', () => {
  const database = createDatabase()
  const source = sourceOver(tokenEndpoint(), { store: database.open() })
  expect(source.peek()).toBeUndefined()
  expect(database.operations).toEqual([])
})

test('an expired token in the store is not adopted', async () => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  await sourceOver(endpoint, { store: database.open() }).getToken()
  await seconds(3600)
  const { source, types } = watch(endpoint, { store: database.open() })
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(types()).toEqual(['renewed'])
})

test('a token is in the store before any caller gets it', async () => {
  const written = deferred<undefined>()
  const database = createDatabase()
  const set = vi.fn<() => unknown>(() => written.promise)
  const source = sourceOver(tokenEndpoint(), { store: database.open({ set }) })
  const seen = vi.fn<() => void>()
  const waiting = source.getToken().finally(seen)
  await until(() => set.mock.calls.length)
  await seconds(0.4)
  expect(seen).not.toHaveBeenCalled()
  expect(source.peek()).toBeUndefined()
  written.resolve(undefined)
  expect((await waiting).accessToken).toBe('token-1')
})

test('the token is in the store before setToken resolves', async () => {
  const database = createDatabase()
  await sourceOver(tokenEndpoint(), { store: database.open() }).setToken({ accessToken: 'mine' })
  expect(database.tokens()).toEqual([{ accessToken: 'mine' }])
})

test.each([
  ['for its lifetime if it has no refresh token', { expires_in: 60 }, ['get', 'get', 'set for 60000']],
  [
    'until it is deleted if it has a refresh token',
    { expires_in: 60, refresh_token: 'refresh-1' },
    ['get', 'get', 'set'],
  ],
])('a token is stored %s', async (_what, members, operations) => {
  const database = createDatabase()
  const endpoint = tokenEndpoint(grant('token-1', members))
  await sourceOver(endpoint, { grant: password, store: database.open() }).getToken()
  expect(database.operations).toEqual(operations)
})

test('a token is stored for its remaining lifetime: the time of the token request is subtracted', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const database = createDatabase()
  const waiting = sourceOver(endpoint, { store: database.open() }).getToken()
  await until(() => endpoint.requests.length)
  await seconds(5)
  answer.resolve(grant('token-1', { expires_in: 60 }))
  await waiting
  expect(database.operations).toEqual(['get', 'get', 'set for 55000'])
})

test('a token without expiresAt is stored until it is deleted', async () => {
  const database = createDatabase()
  await sourceOver(tokenEndpoint(), { store: database.open() }).setToken({ accessToken: 'mine' })
  expect(database.operations).toEqual(['get', 'set'])
})

test('a token with a lifetime of 0 is not stored, and the older one does not reappear', async () => {
  const database = createDatabase()
  const endpoint = tokenEndpoint(grant('token-1'), grant('token-2', { expires_in: 0 }))
  const source = sourceOver(endpoint, { store: database.open() })
  await source.getToken()
  expect(await accessTokenOf(source, 'token-1')).toBe('token-2')
  expect(database.tokens()).toEqual([])
  expect(await accessTokenOf(source)).toBe('token-3')
})

test('a rejected token is not renewed if another process has stored a newer one', async () => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const { source, events } = watch(endpoint, { store: database.open() })
  const sibling = sourceOver(endpoint, { store: database.open() })
  await source.getToken()
  await sibling.getToken()
  await sibling.getToken({ rejected: 'token-1' })
  events.length = 0
  expect(await accessTokenOf(source, 'token-1')).toBe('token-2')
  expect(events).toMatchObject([{ type: 'adopted', reason: 'rejected' }])
  expect(endpoint.requests).toHaveLength(2)
})

test.each<[string, boolean]>([
  ['has stored a new token', false],
  ['stores one during the wait for the lock', true],
])('a rejection does not count against the limit of forced renewals if another process %s', async (_when, locks) => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const sibling = sourceOver(endpoint, { store: database.open() })
  let count = 0
  const storeNewer = () => sibling.setToken({ accessToken: `newer-${(count += 1)}`, expiresAt: Date.now() + 3_600_000 })
  const lock: TokenStore['lock'] = async (key, work) => {
    if (count < 5) await storeNewer()
    return database.lock(key, work)
  }
  const source = sourceOver(endpoint, { store: database.open(locks ? { lock } : {}) })
  let accessToken = 'newer-0'
  await source.setToken({ accessToken })
  for (let round = 1; round <= 5; round += 1) {
    if (!locks) await storeNewer()
    accessToken = await accessTokenOf(source, accessToken)
    expect(accessToken).toBe(`newer-${round}`)
  }
  expect(endpoint.requests).toHaveLength(0)
  // Rejections without a new token from another process are still limited.
  for (const expected of ['token-1', 'token-2', 'token-3', 'token-3']) {
    accessToken = await accessTokenOf(source, accessToken)
    expect(accessToken).toBe(expected)
  }
})

test('a rejected token that is still in the store is renewed', async () => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const { source, events } = watch(endpoint, { store: database.open() })
  await source.getToken()
  expect(await accessTokenOf(source, 'token-1')).toBe('token-2')
  expect(events.at(-1)).toMatchObject({ type: 'renewed', reason: 'rejected' })
  expect(database.tokens()).toMatchObject([{ accessToken: 'token-2' }])
})

test('200 calls rejected at the same time use the store only as often as one call', async () => {
  const database = createDatabase()
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint, { store: database.open() })
  await source.getToken()
  database.operations.length = 0
  await Promise.all(Array.from({ length: 200 }, () => source.getToken({ rejected: 'token-1' })))
  expect(database.operations).toEqual(['get', 'get', 'set for 3600000'])
})

test('while a token is ageing, a newer token of another process is adopted', async () => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const { source, events } = watch(endpoint, { store: database.open() })
  await source.getToken()
  await seconds(3400)
  const sibling = sourceOver(endpoint, { store: database.open() })
  const newer = { accessToken: 'newer', expiresAt: Date.now() + 3_600_000 }
  await sibling.setToken(newer)
  expect(source.peek()).toBe('Bearer token-1')
  await seconds(0)
  expect(source.peek()).toBe('Bearer newer')
  expect(endpoint.requests).toHaveLength(1)
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'adopted', reason: 'ageing', expiresAt: newer.expiresAt }),
  )
})

test.each([
  ['expires at the same time', 0],
  ['expires earlier', -1],
])('while a token is ageing, a stored token that %s is not adopted', async (_what, later) => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const { source, events } = watch(endpoint, { store: database.open() })
  const { expiresAt = 0 } = await source.getToken()
  await sourceOver(endpoint, { store: database.open() }).setToken({
    accessToken: 'other',
    expiresAt: expiresAt + later,
  })
  await seconds(3400)
  source.peek()
  await seconds(0)
  expect(source.peek()).toBe('Bearer token-2')
  expect(events).toContainEqual(expect.objectContaining({ type: 'renewed', reason: 'ageing' }))
})

test('a process whose token has expired adopts the token of another process, and the event has the reason', async () => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const { source, events } = watch(endpoint, { store: database.open() })
  await source.getToken()
  await seconds(3600)
  const sibling = sourceOver(endpoint, { store: database.open() })
  await sibling.getToken()
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(events.at(-1)).toMatchObject({ type: 'adopted', reason: 'expired' })
})

test('a sign-in of another process is found at once: a missing token is not remembered', async () => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const user = { grant: signedIn, key: 'user' }
  const source = sourceOver(endpoint, { store: database.open(), ...user })
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
  await sourceOver(endpoint, { store: database.open(), ...user }).setToken({ accessToken: 'mine' })
  expect(await accessTokenOf(source)).toBe('mine')
  expect(endpoint.requests).toHaveLength(0)
})

test('a token given to setToken serves all sources over the same store object at once', async () => {
  const store = createDatabase().open()
  const source = sourceOver(tokenEndpoint(), { store, grant: signedIn, key: 'user' })
  await errorOf(source.getToken())
  await sourceOver(tokenEndpoint(), { store, grant: signedIn, key: 'user' }).setToken({ accessToken: 'mine' })
  expect(source.peek()).toBe('Bearer mine')
})

test('clear removes the token from memory and from the store', async () => {
  const database = createDatabase()
  const source = sourceOver(tokenEndpoint(), { store: database.open(), grant: signedIn, key: 'user' })
  await source.setToken({ accessToken: 'mine' })
  await source.clear()
  expect(database.contents.size).toBe(0)
  expect(source.peek()).toBeUndefined()
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
})

test('after clear, a running renewal does not write its token, and its waiting callers do not get it', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const database = createDatabase()
  const source = sourceOver(endpoint, { store: database.open() })
  const waiting = source.getToken()
  await until(() => endpoint.requests.length)
  await source.clear()
  database.operations.length = 0
  answer.resolve(grant('late'))
  expect((await waiting).accessToken).toBe('token-2')
  expect(database.operations).toEqual(['get', 'get', 'set for 3600000'])
  expect(database.tokens()).toMatchObject([{ accessToken: 'token-2' }])
})

test('if clear is called while the store is read, the token found there is not served', async () => {
  const database = createDatabase()
  await sourceOver(tokenEndpoint(), { store: database.open(), grant: signedIn, key: 'user' }).setToken({
    accessToken: 'mine',
  })
  const found = deferred<Token>()
  const get = vi.fn<() => unknown>().mockReturnValueOnce(found.promise)
  const source = sourceOver(tokenEndpoint(), { store: database.open({ get }), grant: signedIn, key: 'user' })
  get.mockReturnValue(null)
  const waiting = errorOf(source.getToken())
  await until(() => get.mock.calls.length)
  await source.clear()
  found.resolve({ accessToken: 'mine' })
  expect(await waiting).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(source.peek()).toBeUndefined()
})

test('if clear is called while the store is read, the refresh token found there is not redeemed', async () => {
  const endpoint = tokenEndpoint()
  const found = deferred<Token>()
  const get = vi.fn<() => unknown>().mockReturnValue(null).mockReturnValueOnce(found.promise)
  const source = sourceOver(endpoint, { store: createDatabase().open({ get }), grant: signedIn, key: 'user' })
  const waiting = errorOf(source.getToken())
  await until(() => get.mock.calls.length)
  await source.clear()
  found.resolve({ accessToken: 'old', refreshToken: 'refresh-1', expiresAt: Date.now() })
  expect(await waiting).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(endpoint.requests).toHaveLength(0)
})

test('a token that a call finds while clear is deleting it does not stay', async () => {
  const database = createDatabase()
  const gone = deferred<undefined>()
  const remove = (key: string) => gone.promise.then(() => database.contents.delete(key))
  const source = sourceOver(tokenEndpoint(), { store: database.open({ delete: remove }), grant: signedIn, key: 'user' })
  await source.setToken({ accessToken: 'mine' })
  const clearing = source.clear()
  await seconds(0)
  await source.getToken()
  gone.resolve(undefined)
  await clearing
  expect(source.peek()).toBeUndefined()
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
})

test('if clear is called while a renewal writes, its token does not stay, even if the store keeps no order', async () => {
  const database = createDatabase()
  const written = deferred<undefined>()
  const writing = vi.fn<() => void>()
  const whole = database.open()
  const set = (key: string, token: Token) => {
    writing()
    return written.promise.then(() => whole.set(key, token))
  }
  const source = sourceOver(tokenEndpoint(grant('late')), { store: database.open({ set }) })
  const waiting = source.getToken()
  await until(() => writing.mock.calls.length)
  const clearing = source.clear()
  await seconds(0)
  written.resolve(undefined)
  await clearing
  expect(database.contents.size).toBe(0)
  expect((await waiting).accessToken).toBe('token-2')
})

test('if setToken is called while a renewal writes, the token of setToken stays, even if the store keeps no order', async () => {
  const database = createDatabase()
  const written = deferred<undefined>()
  const writing = vi.fn<() => void>()
  const whole = database.open()
  const set = (key: string, token: Token) => {
    writing()
    return token.accessToken === 'late' ? written.promise.then(() => whole.set(key, token)) : whole.set(key, token)
  }
  const source = sourceOver(tokenEndpoint(grant('late')), { store: database.open({ set }) })
  const waiting = source.getToken()
  await until(() => writing.mock.calls.length)
  const setting = source.setToken({ accessToken: 'mine' })
  await seconds(0)
  written.resolve(undefined)
  await setting
  expect(database.tokens()).toEqual([{ accessToken: 'mine' }])
  expect((await waiting).accessToken).toBe('mine')
})

test('a renewal that starts while setToken writes does not overwrite the token of setToken', async () => {
  const database = createDatabase()
  const written = deferred<undefined>()
  const whole = database.open()
  const set = (key: string, token: Token) =>
    token.accessToken === 'mine' ? written.promise.then(() => whole.set(key, token)) : whole.set(key, token)
  const source = sourceOver(tokenEndpoint(), { store: database.open({ set }) })
  await source.setToken({ accessToken: 'expired', expiresAt: Date.now() })
  const setting = source.setToken({ accessToken: 'mine' })
  const waiting = source.getToken()
  await seconds(0)
  written.resolve(undefined)
  await setting
  await waiting
  expect(database.tokens()).toEqual([{ accessToken: 'mine' }])
  expect(source.peek()).toBe('Bearer mine')
})

test('a renewal does not overwrite the token of a setToken that is called during the renewal', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const database = createDatabase()
  const source = sourceOver(endpoint, { store: database.open() })
  const waiting = source.getToken()
  await until(() => endpoint.requests.length)
  await source.setToken({ accessToken: 'mine' })
  answer.resolve(grant('late'))
  expect((await waiting).accessToken).toBe('mine')
  expect(database.tokens()).toEqual([{ accessToken: 'mine' }])
})

test('on Workers, callers that joined a renewal whose request is gone renew after its deadline', async () => {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const store = database.open()
  const source = sourceOver(endpoint, { store })
  await source.getToken()
  const [key = ''] = database.contents.keys()
  await source.clear()
  stateOf(store, key).pending = { promise: new Promise(() => {}), deadline: performance.now() + 10_000 }
  const waiting = Promise.all([source.getToken(), source.getToken()])
  await seconds(9.999)
  expect(endpoint.requests).toHaveLength(1)
  await seconds(0.001)
  expect((await waiting).map(({ accessToken }) => accessToken)).toEqual(['token-2', 'token-2'])
  expect(endpoint.requests).toHaveLength(2)
})

test('clear returns the newest token from memory and store, even if it has expired, so that it can be revoked', async () => {
  const database = createDatabase()
  const open = () => sourceOver(tokenEndpoint(), { store: database.open() })
  const token = { accessToken: 'mine', refreshToken: 'refresh', expiresAt: Date.now() - 1 }
  await open().setToken(token)
  expect(await open().clear()).toEqual(token)
  expect(await open().clear()).toBeUndefined()
  const source = open()
  await source.setToken(token)
  await open().setToken({ ...token, accessToken: 'of-a-sibling' })
  expect(await source.clear()).toMatchObject({ accessToken: 'of-a-sibling' })
  const alone = sourceOver(tokenEndpoint())
  await alone.setToken(token)
  expect(await alone.clear()).toEqual(token)
})
