import { useFakeTime } from '../fake-time.ts'
import { expect, test, vi } from 'vitest'
import type { Token, TokenStore } from '../../src/index.ts'
import { accessTokenOf, createDatabase, until } from '../database.ts'
import { deferred, errorOf, grant, password, signedIn, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

const user = { grant: signedIn, key: 'user' }

const expired = (): Token => ({ accessToken: 'token-1', refreshToken: 'refresh-1', expiresAt: Date.now() })

const refreshed = (number: number) => grant(`token-${number}`, { refresh_token: `refresh-${number}` })

/** A user's source whose token has expired, over a store whose writes fail for as long as the test says. */
async function process({ hasLock, hasReplace }: { hasLock: boolean; hasReplace: boolean }) {
  const database = createDatabase()
  const whole = database.open()
  const endpoint = tokenEndpoint(refreshed(2), refreshed(3))
  let isDown = false
  let writes = 0
  let running = 0
  let most = 0
  const write = async <T>(work: () => T): Promise<T> => {
    writes += 1
    running += 1
    most = Math.max(most, running)
    await Promise.resolve()
    running -= 1
    if (isDown) throw new Error('down')
    return work()
  }
  let lease = new AbortController()
  let isLocked = false
  const store: TokenStore = {
    ...whole,
    set: (key, token, ttlMs) => write(() => whole.set(key, token, ttlMs)),
    ...(hasReplace && {
      replace: (key, isExpected, token) =>
        write(() => {
          const text = database.contents.get(key)
          if (!isExpected(text === undefined ? null : JSON.parse(text))) return false
          database.contents.set(key, JSON.stringify(token))
          return true
        }),
    }),
    ...(hasLock && {
      lock: async (_key, work) => {
        isLocked = true
        try {
          return await work(lease)
        } finally {
          isLocked = false
        }
      },
    }),
  }
  const source = sourceOver(endpoint, { store, ...user })
  await source.setToken(expired())
  writes = 0
  isDown = true
  expect((await source.getToken()).accessToken).toBe('token-2')
  const sibling = sourceOver(endpoint, { store: database.open(), ...user })
  return {
    database,
    source,
    endpoint,
    sibling,
    isLocked: () => isLocked,
    writes: () => writes,
    mostAtOnce: () => most,
    restore: () => void (isDown = false),
    loseLock: () => {
      lease.abort()
      lease = new AbortController()
    },
  }
}

const kinds = [true, false].flatMap((hasLock) => [true, false].map((hasReplace) => ({ hasLock, hasReplace })))

const withLock = kinds.filter(({ hasLock }) => hasLock)

test.each(kinds)('calls continue with a token that could not be written: %o', async (kind) => {
  const { source, database, restore } = await process(kind)
  expect(source.peek()).toBe('Bearer token-2')
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-1' }])
  restore()
  await source.idle()
  await seconds(0.25)
})

test.each(kinds)('what a store did not take is written again: %o', async (kind) => {
  const { source, database, endpoint, restore, sibling } = await process(kind)
  await seconds(3)
  source.peek()
  await seconds(3)
  restore()
  await seconds(6)
  source.peek()
  await until(() => database.tokens()[0]?.refreshToken === 'refresh-2')
  expect(await accessTokenOf(sibling)).toBe('token-2')
  expect(endpoint.requests).toHaveLength(1)
})

test.each(withLock)('while the lock is held, it is written again every 250 ms: %o', async (kind) => {
  const { source, database, writes, isLocked, restore, mostAtOnce } = await process(kind)
  expect(writes()).toBe(1)
  for (const attempts of [2, 3, 4]) {
    await seconds(0.25)
    expect(writes()).toBe(attempts)
    expect(isLocked()).toBe(true)
    expect(source.peek()).toBe('Bearer token-2')
  }
  restore()
  await seconds(0.25)
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-2' }])
  expect(isLocked()).toBe(false)
  expect(mostAtOnce()).toBe(1)
})

test.each(withLock)('the lock is held for that for a minute at most, then calls write it: %o', async (kind) => {
  const { source, writes, isLocked, restore, database } = await process(kind)
  await seconds(60)
  expect(isLocked()).toBe(false)
  const before = writes()
  source.peek()
  expect(writes()).toBe(before)
  restore()
  await seconds(1)
  source.peek()
  await until(() => database.tokens()[0]?.refreshToken === 'refresh-2')
})

test('the lock is held until the token of the next renewal is written, too', async () => {
  const database = createDatabase()
  let isDown = false
  let isLocked = false
  const store = database.open({
    set: async (key, token) => {
      if (isDown) throw new Error('down')
      database.contents.set(key, JSON.stringify(token))
    },
    // It fails while it is held.
    lock: async (_key, work) => {
      if (isLocked) throw new Error('down')
      isLocked = true
      try {
        return await work({ signal: new AbortController().signal })
      } finally {
        isLocked = false
      }
    },
  })
  let awake = 0
  const waitUntil = (work: Promise<unknown>) => {
    awake += 1
    void work.finally(() => (awake -= 1))
  }
  const source = sourceOver(tokenEndpoint(refreshed(2), refreshed(3)), { store, waitUntil, ...user })
  await source.setToken(expired())
  isDown = true
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(await accessTokenOf(source, 'token-2')).toBe('token-3')
  await seconds(1)
  expect([isLocked, awake]).toEqual([true, 2])
  isDown = false
  await seconds(0.25)
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-3' }])
  expect([isLocked, awake]).toEqual([false, 0])
})

test.each(withLock)('if the lock is lost meanwhile, calls write it: %o', async (kind) => {
  const { source, writes, isLocked, loseLock, restore, database } = await process(kind)
  loseLock()
  await seconds(0.25)
  expect(isLocked()).toBe(false)
  const before = writes()
  await seconds(0.9)
  expect(writes()).toBe(before)
  restore()
  await seconds(0.1)
  source.peek()
  await until(() => database.tokens()[0]?.refreshToken === 'refresh-2')
})

test.each(kinds.filter(({ hasLock }) => !hasLock))(
  'without a lock, calls write it after 1, 2, 4, and then every 5 s: %o',
  async (kind) => {
    const { source, writes, restore } = await process(kind)
    const at: number[] = []
    for (let tenth = 1; tenth <= 250; tenth += 1) {
      await seconds(0.1)
      const before = writes()
      source.peek()
      await seconds(0)
      if (writes() > before) at.push(tenth / 10)
    }
    expect(at).toEqual([1, 3, 7, 12, 17, 22])
    restore()
    await source.idle()
  },
)

test.each(kinds)('a token of another process ends the attempts, and is used: %o', async (kind) => {
  const { source, writes, restore, sibling, database } = await process(kind)
  await sibling.setToken({ ...expired(), accessToken: 'newer', refreshToken: 'r', expiresAt: Date.now() + 9_000_000 })
  restore()
  await seconds(1)
  source.peek()
  await until(() => source.peek() === 'Bearer newer')
  const before = writes()
  await seconds(10)
  source.peek()
  await seconds(0)
  expect(writes()).toBe(before)
  expect(database.tokens()).toMatchObject([{ refreshToken: 'r' }])
})

test.each(kinds)('a log-out elsewhere ends the attempts, and is not undone: %o', async (kind) => {
  const { source, restore, sibling, database } = await process(kind)
  await sibling.clear()
  restore()
  await seconds(1)
  source.peek()
  await seconds(1)
  expect(database.tokens()).toEqual([])
  await seconds(3600)
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
})

test.each(kinds)('a log-out of the process itself ends the attempts: %o', async (kind) => {
  const { source, restore, database } = await process(kind)
  restore()
  await source.clear()
  await seconds(10)
  source.peek()
  await seconds(0)
  expect(database.tokens()).toEqual([])
})

test.each(kinds)('idle() writes it before the process stops: %o', async (kind) => {
  const { source, restore, database } = await process(kind)
  let isIdle = false
  void source.idle().then(() => (isIdle = true))
  await seconds(2)
  expect(isIdle).toBe(false)
  restore()
  await seconds(0.25)
  await until(() => isIdle)
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-2' }])
})

test.each([
  ['', undefined],
  [', also if a renewal was running', 'token-2'],
])('idle() gives up after a minute, so that the process can stop%s', async (_when, rejected) => {
  const { source, loseLock } = await process({ hasLock: true, hasReplace: true })
  loseLock()
  void source.getToken({ rejected })
  let isIdle = false
  void source.idle().then(() => (isIdle = true))
  await seconds(59)
  expect(isIdle).toBe(false)
  await seconds(1)
  expect(isIdle).toBe(true)
})

test.each(kinds)('a write that failed only for its answer is recognised: %o', async (kind) => {
  const { source, database, restore, endpoint } = await process(kind)
  const [key = ''] = database.contents.keys()
  database.contents.set(key, JSON.stringify({ ...expired(), accessToken: 'token-2', refreshToken: 'refresh-2' }))
  restore()
  await seconds(1)
  source.peek()
  await seconds(1)
  await seconds(3600)
  expect(await accessTokenOf(source)).toBe('token-3')
  expect(new URLSearchParams(await endpoint.requests[1]?.text()).get('refresh_token')).toBe('refresh-2')
})

test.each(kinds)('the next renewal redeems the newest refresh token, and writes its own token: %o', async (kind) => {
  const { source, database, loseLock, restore, endpoint } = await process(kind)
  loseLock()
  await seconds(1)
  const { expiresAt = 0 } = await source.getToken()
  await seconds((expiresAt - Date.now()) / 1000)
  restore()
  expect(await accessTokenOf(source)).toBe('token-3')
  expect(new URLSearchParams(await endpoint.requests[1]?.text()).get('refresh_token')).toBe('refresh-2')
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-3' }])
})

test('a sign-in that could not be stored is written again, unless a later one is there', async () => {
  for (const isLater of [false, true]) {
    const database = createDatabase()
    const whole = database.open()
    let isDown = true
    const set = (key: string, token: Token) => (isDown ? Promise.reject(new Error('down')) : whole.set(key, token))
    const source = sourceOver(tokenEndpoint(), { store: database.open({ set }), ...user })
    expect(await errorOf(source.setToken({ ...expired(), expiresAt: Date.now() + 10_000 }))).toMatchObject({
      code: 'TOKEN_UNAVAILABLE',
    })
    const sibling = sourceOver(tokenEndpoint(), { store: whole, ...user })
    const other = { accessToken: 'other', refreshToken: 'r', expiresAt: Date.now() + (isLater ? 20_000 : 5000) }
    await sibling.setToken(other)
    isDown = false
    await seconds(1)
    source.peek()
    await seconds(0)
    await until(() => database.tokens()[0]?.refreshToken === (isLater ? 'r' : 'refresh-1'))
    await until(() => source.peek() === (isLater ? 'Bearer other' : 'Bearer token-1'))
  }
})

test('calls start no second write while one is running', async () => {
  const database = createDatabase()
  const whole = database.open()
  const written = deferred<undefined>()
  let writes = 0
  const set = (key: string, token: Token) => {
    writes += 1
    return writes === 1 ? Promise.reject(new Error('down')) : written.promise.then(() => whole.set(key, token))
  }
  const source = sourceOver(tokenEndpoint(), { store: database.open({ set }) })
  await source.getToken()
  await seconds(1)
  source.peek()
  await until(() => writes === 2)
  source.peek()
  source.peek()
  written.resolve(undefined)
  await until(() => database.tokens().length === 1)
  await seconds(1)
  expect(writes).toBe(2)
})

test("an application's token that could not be written is written with a later call, and the lock is not held for it", async () => {
  const database = createDatabase()
  const whole = database.open()
  let isDown = true
  const set = (key: string, token: Token) => (isDown ? Promise.reject(new Error('down')) : whole.set(key, token))
  const release = vi.fn<() => void>()
  const lock: NonNullable<TokenStore['lock']> = async (_key, work) => {
    const result = await work(new AbortController())
    release()
    return result
  }
  const source = sourceOver(tokenEndpoint(), { store: database.open({ set, lock }) })
  await source.getToken()
  expect(release).toHaveBeenCalledOnce()
  isDown = false
  await seconds(1)
  source.peek()
  await until(() => database.tokens().length === 1)
})

test('a grant that can start over keeps what it could not write, too', async () => {
  const database = createDatabase()
  const whole = database.open()
  let isDown = true
  const set = (key: string, token: Token) => (isDown ? Promise.reject(new Error('down')) : whole.set(key, token))
  const source = sourceOver(tokenEndpoint(refreshed(1)), { grant: password, store: database.open({ set }) })
  await source.getToken()
  isDown = false
  await source.idle()
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-1' }])
})

test.each(kinds)('the entry that it replaces is not used again, even if it expires later: %o', async (kind) => {
  const { source, database, endpoint, loseLock, restore } = await process(kind)
  const [key = ''] = database.contents.keys()
  // As if the redeemed token had been rejected long before its end.
  database.contents.set(key, JSON.stringify({ ...expired(), expiresAt: Date.now() + 36_000_000 }))
  loseLock()
  await seconds(3601)
  restore()
  expect(await accessTokenOf(source)).toBe('token-3')
  expect(new URLSearchParams(await endpoint.requests[1]?.text()).get('refresh_token')).toBe('refresh-2')
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-3' }])
})

test.each(kinds)('a log-out elsewhere is not undone by the next renewal either: %o', async (kind) => {
  const { source, restore, sibling, database, endpoint, loseLock } = await process(kind)
  await sibling.clear()
  loseLock()
  await seconds(3601)
  restore()
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(endpoint.requests).toHaveLength(1)
  expect(database.tokens()).toEqual([])
})

/** A store whose writes fail while `isDown`. */
function flaky(database = createDatabase()) {
  const whole = database.open()
  const state = { isDown: false }
  const set = (key: string, token: Token) => (state.isDown ? Promise.reject(new Error('down')) : whole.set(key, token))
  return { database, state, store: database.open({ set }) }
}

test('a sign-in replaces the login that was read before it, even if that one expires later', async () => {
  const { database, state, store } = flaky()
  const source = sourceOver(tokenEndpoint(), { store, ...user })
  await source.setToken({ ...expired(), expiresAt: Date.now() + 9_000_000 })
  state.isDown = true
  const next = { accessToken: 'next', refreshToken: 'next', expiresAt: Date.now() + 9000 }
  expect(await errorOf(source.setToken(next))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  state.isDown = false
  await source.idle()
  expect(source.peek()).toBe('Bearer next')
  expect(database.tokens()).toEqual([next])
})

test("an application's token that could not be written does not replace a later one", async () => {
  const { database, state, store } = flaky()
  state.isDown = true
  const source = sourceOver(tokenEndpoint(grant('early', { expires_in: 600 })), { store })
  await source.getToken()
  await sourceOver(tokenEndpoint(grant('later')), { store: database.open() }).getToken()
  state.isDown = false
  await source.idle()
  expect(source.peek()).toBe('Bearer later')
  expect(database.tokens()).toMatchObject([{ accessToken: 'later' }])
})

test('on Workers, an attempt whose request is gone does not stop the next one', async () => {
  const { database, state, store } = flaky()
  let hanging = 0
  let isHanging = false
  const source = sourceOver(tokenEndpoint(refreshed(2)), {
    store: {
      ...store,
      set: (key, token) => {
        if (!isHanging) return store.set(key, token)
        hanging += 1
        return new Promise(() => {})
      },
    },
    ...user,
  })
  await source.setToken(expired())
  state.isDown = true
  await source.getToken()
  isHanging = true
  await seconds(1)
  source.peek()
  await until(() => hanging)
  // Its request is gone, with its timers.
  vi.clearAllTimers()
  isHanging = state.isDown = false
  await seconds(11)
  source.peek()
  await seconds(1)
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-2' }])
})

test('idle() waits for a sign-in that is being written', async () => {
  const database = createDatabase()
  const whole = database.open()
  const set: TokenStore['set'] = async (key, token) => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    return whole.set(key, token)
  }
  const source = sourceOver(tokenEndpoint(), { store: database.open({ set }), ...user })
  await errorOf(source.getToken())
  const signIn = source.setToken(expired())
  const idle = source.idle().then(() => database.tokens())
  await until(() => vi.getTimerCount() > 0)
  await seconds(1)
  expect(await idle).toMatchObject([{ refreshToken: 'refresh-1' }])
  await signIn
})

test('waitUntil gets a promise that settles when the lock is released, and writes nothing itself', async () => {
  for (const hasLock of [true, false]) {
    const database = createDatabase()
    const whole = database.open()
    let writes = 0
    const set = () => {
      writes += 1
      return Promise.reject(new Error('down'))
    }
    const lock: TokenStore['lock'] = (_key, work) => work({ signal: new AbortController().signal })
    const kept: Promise<unknown>[] = []
    const waitUntil = (work: Promise<unknown>) => kept.push(work)
    const options = { grant: password, store: { ...whole, set, ...(hasLock && { lock }) }, waitUntil }
    const source = sourceOver(tokenEndpoint(refreshed(1)), options)
    await source.getToken()
    let isSettled = false
    void Promise.all(kept).then(() => (isSettled = true))
    await seconds(1)
    expect(isSettled).toBe(!hasLock)
    expect(writes).toBe(hasLock ? 5 : 1)
    await seconds(60)
    expect(isSettled).toBe(true)
  }
})

test('waitUntil gets the attempts that calls start, too', async () => {
  const database = createDatabase()
  const set = () => Promise.reject(new Error('down'))
  const kept: Promise<unknown>[] = []
  const waitUntil = (work: Promise<unknown>) => kept.push(work)
  const source = sourceOver(tokenEndpoint(), { store: { ...database.open(), set }, waitUntil })
  await source.getToken()
  await seconds(1)
  const before = kept.length
  source.peek()
  expect(kept).toHaveLength(before + 1)
  await Promise.all(kept)
})

test('a sign-in replaces a login that this process has never used, even if that one expires later', async () => {
  const { database, state, store } = flaky()
  const elsewhere = sourceOver(tokenEndpoint(), { store: database.open(), ...user })
  await elsewhere.setToken({ ...expired(), expiresAt: Date.now() + 9_000_000 })
  const source = sourceOver(tokenEndpoint(), { store, ...user })
  state.isDown = true
  const next = { accessToken: 'next', refreshToken: 'next', expiresAt: Date.now() + 9000 }
  expect(await errorOf(source.setToken(next))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  state.isDown = false
  await source.idle()
  expect(source.peek()).toBe('Bearer next')
  expect(database.tokens()).toEqual([next])
})

test.each(['refresh-1', 'refresh-2'])(
  'a token does not replace a later one that another process got: the server answers with %s',
  async (answered) => {
    const { database, state, store } = flaky()
    const members = { refresh_token: answered }
    const source = sourceOver(tokenEndpoint(grant('token-2', members)), { store, ...user })
    await source.setToken(expired())
    state.isDown = true
    expect(await accessTokenOf(source)).toBe('token-2')
    const [key = ''] = database.contents.keys()
    const later = { accessToken: 'later', refreshToken: 'refresh-1', expiresAt: Date.now() + 9_000_000 }
    database.contents.set(key, JSON.stringify(later))
    state.isDown = false
    await source.idle()
    // A server that rotates has ended the refresh token of the other entry.
    const isRotated = answered === 'refresh-2'
    expect(database.tokens()).toMatchObject([{ accessToken: isRotated ? 'token-2' : 'later' }])
    expect(source.peek()).toBe(isRotated ? 'Bearer token-2' : 'Bearer later')
  },
)

/** A store that is wholly down while `isDown`, over a database that another process uses too. */
function outage({ hasLock = false, hasReplace = false } = {}) {
  const database = createDatabase()
  const whole = database.open()
  const state = { isDown: false }
  const check = () => {
    if (state.isDown) throw new Error('down')
  }
  const store: TokenStore = {
    get: async (key) => (check(), whole.get(key)),
    set: async (key, token, ttlMs) => (check(), whole.set(key, token, ttlMs)),
    delete: async (key) => (check(), whole.delete(key)),
    ...(hasReplace && {
      replace: async (key, isExpected, token) => {
        check()
        const text = database.contents.get(key)
        if (!isExpected(text === undefined ? null : JSON.parse(text))) return false
        database.contents.set(key, JSON.stringify(token))
        return true
      },
    }),
    ...(hasLock && { lock: async (key, work) => (check(), database.lock(key, work)) }),
  }
  return { database, state, store, elsewhere: () => sourceOver(tokenEndpoint(), { store: database.open(), ...user }) }
}

test.each([9_000_000, undefined])(
  'a sign-in during an outage replaces an older login, even one that expires later: in %s ms',
  async (endsIn) => {
    const { database, state, store, elsewhere } = outage()
    const end = endsIn === undefined ? {} : { expiresAt: Date.now() + endsIn }
    await elsewhere().setToken({ accessToken: 'old', refreshToken: 'old', ...end })
    const source = sourceOver(tokenEndpoint(), { store, ...user })
    state.isDown = true
    const next = { accessToken: 'next', refreshToken: 'next', expiresAt: Date.now() + 3_600_000 }
    await errorOf(source.setToken(next))
    state.isDown = false
    await source.idle()
    expect(await accessTokenOf(source)).toBe('next')
    expect(database.tokens()).toEqual([next])
  },
)

test.each(kinds)('its renewal redeems each refresh token once, if the store comes back meanwhile: %o', async (kind) => {
  const { database, state, store, elsewhere } = outage(kind)
  await elsewhere().setToken({ accessToken: 'old', refreshToken: 'old', expiresAt: Date.now() - 1 })
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const source = sourceOver(endpoint, { store, ...user })
  state.isDown = true
  await errorOf(source.setToken({ accessToken: 'next', refreshToken: 'next', expiresAt: Date.now() + 10_000 }))
  await seconds(11)
  const waiting = accessTokenOf(source)
  await until(() => endpoint.requests.length)
  state.isDown = false
  answer.resolve(refreshed(2))
  expect(await waiting).toBe('token-2')
  await source.idle()
  expect(endpoint.requests).toHaveLength(1)
  expect(database.tokens()).toMatchObject([{ refreshToken: 'refresh-2' }])
})

test('a renewed token is kept if the entry has changed, and cannot be read', async () => {
  const database = createDatabase()
  const whole = database.open()
  const state = { isReadable: true }
  const get = (key: string) => (state.isReadable ? whole.get(key) : Promise.reject(new Error('down')))
  const replace: NonNullable<TokenStore['replace']> = async (_key, isExpected) => {
    state.isReadable = false
    return isExpected({ accessToken: 'other', refreshToken: 'other', expiresAt: 1 })
  }
  const endpoint = tokenEndpoint(refreshed(2))
  const source = sourceOver(endpoint, { store: { ...database.open({ get }), replace }, ...user })
  await source.setToken(expired())
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(endpoint.requests).toHaveLength(1)
})

test('a log-out elsewhere also ends a sign-in that could not be written', async () => {
  const { database, state, store } = flaky()
  const source = sourceOver(tokenEndpoint(), { store, ...user })
  await source.setToken(expired())
  state.isDown = true
  await errorOf(source.setToken({ accessToken: 'next', refreshToken: 'next', expiresAt: Date.now() + 3_600_000 }))
  await sourceOver(tokenEndpoint(), { store: database.open(), ...user }).clear()
  state.isDown = false
  await source.idle()
  expect(database.tokens()).toEqual([])
})

test('the renewal of an unsaved login takes nothing from the entry of another login', async () => {
  const { database, state, store } = flaky()
  const source = sourceOver(tokenEndpoint(grant('token-2')), { store, ...user })
  const old = { ...expired(), scope: 'old', idToken: 'old', refreshExpiresAt: Date.now() + 20_000 }
  await source.setToken(old)
  state.isDown = true
  await errorOf(source.setToken({ accessToken: 'next', refreshToken: 'next', scope: 'new', expiresAt: Date.now() }))
  state.isDown = false
  expect(await source.getToken()).toEqual({
    accessToken: 'token-2',
    refreshToken: 'next',
    scope: 'new',
    expiresAt: Date.now() + 3_600_000,
  })
  expect(database.tokens()).toMatchObject([{ refreshToken: 'next', scope: 'new' }])
})

test('an entry that this process itself has tried to remove is no log-out elsewhere', async () => {
  const { database, state, store, elsewhere } = outage()
  const source = sourceOver(tokenEndpoint(), { store, ...user })
  await source.setToken({ ...expired(), expiresAt: Date.now() + 3_600_000 })
  const remove = () => Promise.reject(new Error('the connection broke'))
  const other = sourceOver(tokenEndpoint(), { store: { ...store, delete: remove }, ...user })
  await errorOf(other.clear())
  const failing = { ...store, delete: remove, set: () => Promise.reject(new Error('down')) }
  state.isDown = false
  const next = { accessToken: 'next', refreshToken: 'next', expiresAt: Date.now() + 3_600_000 }
  let isDown = true
  const again = sourceOver(tokenEndpoint(), {
    ...user,
    store: { ...failing, set: (key, token, ttlMs) => (isDown ? failing.set() : store.set(key, token, ttlMs)) },
  })
  await errorOf(again.clear())
  await errorOf(again.setToken(next))
  // The deletion is executed after all.
  await elsewhere().clear()
  isDown = false
  await again.idle()
  expect(database.tokens()).toEqual([next])
})

test('a login whose refresh token has expired is no log-out elsewhere', async () => {
  const { database, state, store } = flaky()
  const source = sourceOver(tokenEndpoint(), { store, ...user })
  await source.setToken({ ...expired(), refreshExpiresAt: Date.now() + 1000 })
  state.isDown = true
  const next = { accessToken: 'next', refreshToken: 'next', expiresAt: Date.now() + 3_600_000 }
  await errorOf(source.setToken(next))
  database.contents.clear()
  await seconds(1)
  state.isDown = false
  await source.idle()
  expect(database.tokens()).toEqual([next])
})
