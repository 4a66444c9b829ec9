import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import type { Token, TokenStore } from '../../src/index.ts'
import { accessTokenOf, createDatabase, until, watch } from '../database.ts'
import { deferred, errorOf, grant, provider, signedIn, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

const user = { grant: signedIn, key: 'user' }

const expired = (): Token => ({ accessToken: 'token-1', refreshToken: 'refresh-1', expiresAt: Date.now() })

const refreshed = () => grant('token-2', { refresh_token: 'refresh-2' })

/** A store with `replace`. `meanwhile` runs between the reading and the writing of its next `replace`. */
function withReplace(database: ReturnType<typeof createDatabase>) {
  const hooks: { meanwhile?: (() => unknown) | undefined } = {}
  const replace: NonNullable<TokenStore['replace']> = async (key, isExpected, token, ttlMs) => {
    database.operations.push(ttlMs === undefined ? 'replace' : `replace for ${ttlMs}`)
    const raw = database.contents.get(key)
    if (!isExpected(raw === undefined ? null : JSON.parse(raw))) return false
    await Promise.resolve()
    const { meanwhile } = hooks
    hooks.meanwhile = undefined
    await meanwhile?.()
    if (database.contents.get(key) !== raw) return false
    database.contents.set(key, JSON.stringify(token))
    return true
  }
  return { hooks, store: database.open({ replace }) }
}

test('a log-out elsewhere between the reading and the writing of an entry is not undone', async () => {
  const endpoint = tokenEndpoint(refreshed())
  const database = createDatabase()
  const { store, hooks } = withReplace(database)
  const elsewhere = sourceOver(endpoint, { store: database.open(), ...user })
  await elsewhere.setToken(expired())
  hooks.meanwhile = () => elsewhere.clear()
  const { source } = watch(endpoint, { store, ...user })
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(database.tokens()).toEqual([])
  expect(source.peek()).toBeUndefined()
})

test.each([
  ['a Map', (map: Map<string, Token>) => map],
  [
    'a store with synchronous methods',
    (map: Map<string, Token>): TokenStore => ({
      get: (key) => map.get(key),
      set: (key, token) => void map.set(key, token),
      delete: (key) => map.delete(key),
    }),
  ],
])('%s is read and written at once, so a log-out at any moment is not undone', async (_what, open) => {
  // The log-out happens after each possible number of microtasks, from before the renewal until after it.
  for (let moment = 0; moment < 100; moment += 1) {
    const map = new Map<string, Token>()
    const source = sourceOver(tokenEndpoint(refreshed()), { store: open(map), ...user })
    await source.setToken(expired())
    const outcome = source.getToken().catch(() => {})
    for (let turn = 0; turn < moment; turn += 1) await Promise.resolve()
    // Another process deletes the entry.
    map.clear()
    await outcome
    expect(map.size, `after ${moment} turns`).toBe(0)
  }
})

test('a token that a log-out elsewhere made needless is revoked', async () => {
  const endpoint = tokenEndpoint(refreshed(), new Response(''))
  const database = createDatabase()
  const { store, hooks } = withReplace(database)
  const revocable = { ...provider, revocationEndpoint: 'https://id.example/revoke' }
  const elsewhere = sourceOver(endpoint, { store: database.open(), ...user })
  await elsewhere.setToken(expired())
  hooks.meanwhile = () => elsewhere.clear()
  const { source } = watch(endpoint, { store, ...user, provider: revocable })
  await errorOf(source.getToken())
  await until(() => endpoint.requests.length === 2)
  expect(await endpoint.requests[1]?.text()).toBe('token=refresh-2&token_type_hint=refresh_token')
})

test('a sign-in elsewhere between the reading and the writing of an entry is adopted', async () => {
  const endpoint = tokenEndpoint(refreshed())
  const database = createDatabase()
  const { store, hooks } = withReplace(database)
  const elsewhere = sourceOver(endpoint, { store: database.open(), ...user })
  await elsewhere.setToken(expired())
  const newer = { accessToken: 'newer', refreshToken: 'refresh-9', expiresAt: Date.now() + 60_000 }
  hooks.meanwhile = () => elsewhere.setToken(newer)
  const { source, types } = watch(endpoint, { store, ...user })
  expect(await source.getToken()).toEqual(newer)
  expect(types()).toEqual(['adopted'])
  expect(database.tokens()).toEqual([newer])
})

test('an entry that was rewritten with the same refresh token is compared again, and then replaced', async () => {
  const endpoint = tokenEndpoint(refreshed())
  const database = createDatabase()
  const { store, hooks } = withReplace(database)
  const elsewhere = sourceOver(endpoint, { store: database.open(), ...user })
  await elsewhere.setToken(expired())
  hooks.meanwhile = () => elsewhere.setToken({ ...expired(), scope: 'same login' })
  const { source } = watch(endpoint, { store, ...user })
  expect((await source.getToken()).accessToken).toBe('token-2')
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-2' }])
  expect(endpoint.requests).toHaveLength(1)
})

test('after two rounds, an event tells of it, calls continue, and the token is written later', async () => {
  const endpoint = tokenEndpoint(refreshed())
  const database = createDatabase()
  let isBusy = true
  const { store } = withReplace(database)
  const replace: NonNullable<TokenStore['replace']> = async (key, isExpected, token, ttlMs) => {
    if (!isBusy) return store.replace!(key, isExpected, token, ttlMs)
    isExpected(JSON.parse(database.contents.get(key) ?? 'null'))
    return false
  }
  await sourceOver(endpoint, { store, ...user }).setToken(expired())
  const { source, events } = watch(endpoint, { store: { ...store, replace }, ...user })
  expect((await source.getToken()).accessToken).toBe('token-2')
  expect(events).toMatchObject([
    {
      type: 'store-failed',
      operation: 'set',
      message: 'the entry changed while it was written',
      isRefreshTokenAtRisk: true,
    },
    { type: 'renewed' },
  ])
  isBusy = false
  await source.idle()
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-2' }])
})

test.each<[string, unknown]>([
  ['a text', 'text'],
  ['a number', 7],
  ['an object that is no token', {}],
])('an entry that is %s counts as replaceable', async (_what, value) => {
  const endpoint = tokenEndpoint(refreshed())
  const database = createDatabase()
  const { store, hooks } = withReplace(database)
  const { source } = watch(endpoint, { store, ...user })
  await source.setToken(expired())
  const [key = ''] = database.contents.keys()
  const answer = deferred<Response>()
  const slow = tokenEndpoint(answer.promise)
  const other = watch(slow, { store: withReplace(database).store, ...user }).source
  const token = other.getToken()
  await until(() => slow.requests.length)
  database.contents.set(key, JSON.stringify(value))
  answer.resolve(refreshed())
  expect((await token).accessToken).toBe('token-2')
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-2' }])
  expect(hooks.meanwhile).toBeUndefined()
})

test('a token without a refresh token is written by set, over an entry without one', async () => {
  const database = createDatabase()
  const { store } = withReplace(database)
  await sourceOver(tokenEndpoint(), { store }).getToken()
  expect(database.operations).toEqual(['get', 'get', 'set for 3600000'])
})

test('a dead refresh token is removed from its entry, unless the user has signed in meanwhile', async () => {
  for (const isSignedIn of [false, true]) {
    const dead = () => Response.json({ error: 'invalid_grant' }, { status: 400 })
    const endpoint = tokenEndpoint(dead(), dead())
    const database = createDatabase()
    const { store, hooks } = withReplace(database)
    const { source } = watch(endpoint, { store, ...user })
    const elsewhere = sourceOver(tokenEndpoint(), { store: database.open(), ...user })
    await elsewhere.setToken({ ...expired(), expiresAt: Date.now() + 1 })
    await seconds(0.001)
    if (isSignedIn) hooks.meanwhile = () => elsewhere.setToken({ ...expired(), refreshToken: 'refresh-9' })
    const outcome = errorOf(source.getToken())
    await until(() => endpoint.requests.length)
    await seconds(0.5)
    expect(await outcome).toMatchObject({ code: 'TOKEN_MISSING' })
    expect(database.tokens()).toMatchObject([isSignedIn ? { refreshToken: 'refresh-9' } : { accessToken: 'token-1' }])
    expect(database.tokens()[0]?.refreshToken).toBe(isSignedIn ? 'refresh-9' : undefined)
    expect(database.operations.includes('replace for 1')).toBe(true)
  }
})

test('the promise of a store can be of another kind than that of the platform', async () => {
  const database = createDatabase()
  const whole = database.open()
  const get = (key: string) => {
    const read = Promise.resolve(whole.get(key))
    // oxlint-disable-next-line unicorn/no-thenable -- it is what the test is about
    return { then: read.then.bind(read) }
  }
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const source = sourceOver(endpoint, { store: database.open({ get }), ...user })
  await source.setToken(expired())
  const outcome = errorOf(source.getToken())
  await until(() => endpoint.requests.length)
  database.contents.clear()
  answer.resolve(refreshed())
  expect(await outcome).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(database.tokens()).toEqual([])
})

test('a token that never expires is stored without a time limit, even if its refresh token expires', async () => {
  const database = createDatabase()
  const source = sourceOver(tokenEndpoint(), { store: database.open(), ...user })
  await source.setToken({ accessToken: 'a', refreshToken: 'r', refreshExpiresAt: Date.now() + 1000 })
  expect(database.operations).toEqual(['get', 'set'])
})

test('a renewal from before a log-out does not revoke the next login, which it finds in the store', async () => {
  const database = createDatabase()
  const gate = deferred<void>()
  const lock: NonNullable<TokenStore['lock']> = async (_key, work) => {
    await gate.promise
    return work(new AbortController())
  }
  const endpoint = tokenEndpoint()
  const options = { ...user, provider: { ...provider, revocationEndpoint: 'https://id.example/revoke' } }
  const source = sourceOver(endpoint, { store: database.open({ lock }), ...options })
  await source.setToken(expired())
  const token = source.getToken()
  await until(() => database.operations.includes('get'))
  await seconds(0.1)
  await source.clear()
  const next = { accessToken: 'next', refreshToken: 'next', expiresAt: Date.now() + 3_600_000 }
  await sourceOver(endpoint, { store: database.open(), ...options }).setToken(next)
  gate.resolve()
  expect((await token).accessToken).toBe('next')
  // A request to revoke it would be sent by now.
  await new Promise((resolve) => setImmediate(resolve))
  await seconds(0.1)
  expect(endpoint.requests).toEqual([])
})

test('the log-out in one source returns the unsaved token of another source', async () => {
  const database = createDatabase()
  const whole = database.open()
  let isDown = false
  const set: TokenStore['set'] = (key, token) => (isDown ? Promise.reject(new Error('down')) : whole.set(key, token))
  const store = database.open({ set })
  const endpoint = tokenEndpoint(refreshed())
  const source = sourceOver(endpoint, { store, ...user })
  await source.setToken(expired())
  isDown = true
  await source.getToken()
  expect(await sourceOver(endpoint, { store, ...user }).clear()).toMatchObject({ refreshToken: 'refresh-2' })
})

test('a store that loses each lock at once does not keep the process busy', async () => {
  const database = createDatabase()
  const lock: NonNullable<TokenStore['lock']> = (_key, work) => {
    database.operations.push('lock')
    return work({ signal: AbortSignal.abort() })
  }
  const source = sourceOver(tokenEndpoint(), { store: database.open({ lock }), ...user })
  await source.setToken(expired())
  const outcome = errorOf(source.getToken())
  await until(() => database.operations.includes('lock'))
  await seconds(10)
  expect(await outcome).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(database.operations.filter((operation) => operation === 'lock').length).toBeLessThan(50)
})

test('a sign-in without a refresh token, during a renewal elsewhere, stays', async () => {
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const database = createDatabase()
  const options = { grant: signedIn, key: 'user' }
  const elsewhere = sourceOver(tokenEndpoint(), { store: database.open(), ...options })
  await elsewhere.setToken({ accessToken: 'old', refreshToken: 'r', expiresAt: Date.now() })
  const source = sourceOver(endpoint, { store: database.open(), ...options })
  const waiting = accessTokenOf(source)
  await until(() => endpoint.requests.length)
  const next = { accessToken: 'next', expiresAt: Date.now() + 3_600_000 }
  await elsewhere.setToken(next)
  answer.resolve(grant('late', { refresh_token: 's' }))
  expect(await waiting).toBe('next')
  expect(database.tokens()).toEqual([next])
})
