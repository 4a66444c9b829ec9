import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import type { OwnTokenSource, Token, TokenStore } from '../../src/index.ts'
import type { Settings } from '../../src/life/options.ts'
import { createState, remember } from '../../src/life/state.ts'
import type { GuardedStore } from '../../src/sharing/guarded-store.ts'
import { markUnsaved } from '../../src/sharing/unsaved.ts'
import { accessTokenOf, createDatabase, until } from '../database.ts'
import { deferred, errorOf, grant, provider, signedIn, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

// A write that takes too long counts as failed, but the store can still execute it later.

const login = (name: string, endsIn = 3_600_000): Token => ({
  accessToken: name,
  refreshToken: `refresh of ${name}`,
  expiresAt: Date.now() + endsIn,
})

/** A store without `replace` that executes one write later: the next one after \`hold\`, when \`release\` is called. */
function slowStore() {
  const database = createDatabase()
  const whole = database.open()
  let held: ReturnType<typeof deferred<undefined>> | undefined
  let isNext = false
  const write = async <T>(work: () => T): Promise<T> => {
    if (!isNext) return work()
    isNext = false
    held = deferred<undefined>()
    await held.promise
    return work()
  }
  const store: TokenStore = {
    get: (key) => whole.get(key),
    set: (key, token, ttlMs) => write(() => whole.set(key, token, ttlMs)),
    delete: (key) => write(() => whole.delete(key)),
  }
  return {
    database,
    store,
    hold: () => void (isNext = true),
    isHeld: () => held !== undefined,
    release: () => held?.resolve(undefined),
  }
}

const user = { grant: signedIn, key: 'user' }

/** Signs in while the store takes too long to write. It executes that write later. */
async function signInLate(
  source: OwnTokenSource,
  { hold, isHeld }: Pick<ReturnType<typeof slowStore>, 'hold' | 'isHeld'>,
) {
  hold()
  const outcome = errorOf(source.setToken(login('one')))
  await until(isHeld)
  await seconds(0.5)
  expect(await outcome).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
}

test('an older token that is written late does not stay over a newer one', async () => {
  const { database, store, hold, isHeld, release } = slowStore()
  const source = sourceOver(tokenEndpoint(grant('newer', { refresh_token: 'r' })), { store, ...user })
  hold()
  const outcome = errorOf(source.setToken(login('older', 10_000)))
  await until(isHeld)
  await seconds(0.5)
  expect(await outcome).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  await source.idle()
  await seconds(10)
  expect(await accessTokenOf(source)).toBe('newer')
  release()
  await until(() => database.tokens()[0]?.accessToken === 'newer' && database.operations.at(-1) !== 'get')
  await source.idle()
  expect(database.tokens()).toMatchObject([{ accessToken: 'newer', refreshToken: 'r' }])
})

test('a login that is written late does not come back after a log-out', async () => {
  const { database, store, hold, isHeld, release } = slowStore()
  const source = sourceOver(tokenEndpoint(), { store, ...user })
  await signInLate(source, { hold, isHeld })
  await source.clear()
  release()
  await until(() => database.operations.filter((operation) => operation === 'delete').length === 2)
  await seconds(1)
  expect(database.tokens()).toEqual([])
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
})

test('a log-out that the store executes late does not remove the next login', async () => {
  const { database, store, hold, isHeld, release } = slowStore()
  const source = sourceOver(tokenEndpoint(), { store, ...user })
  await source.setToken(login('one'))
  hold()
  const outcome = errorOf(source.clear())
  await until(isHeld)
  await seconds(0.5)
  await outcome
  await source.setToken(login('two'))
  const before = database.operations.length
  release()
  await until(() => database.operations.length >= before + 3)
  await source.idle()
  expect(database.tokens()).toMatchObject([{ accessToken: 'two' }])
})

test('a late write of the newest token needs no repair, and a late read changes nothing', async () => {
  const { database, store, hold, isHeld, release } = slowStore()
  const reading = deferred<undefined>()
  let isSlow = false
  const get = async (key: string) => {
    if (isSlow) await reading.promise
    return store.get(key)
  }
  const source = sourceOver(tokenEndpoint(), { store: { ...store, get }, ...user })
  await signInLate(source, { hold, isHeld })
  isSlow = true
  const idle = source.idle()
  await seconds(0.5)
  isSlow = false
  await idle
  const before = database.operations.length
  release()
  reading.resolve(undefined)
  await seconds(1)
  expect(database.operations.slice(before)).toEqual(['set', 'get'])
  expect(database.tokens()).toMatchObject([{ accessToken: 'one' }])
})

test('a store with lazy promises executes each operation once', async () => {
  const database = createDatabase()
  let runs = 0
  const remove = (key: string) => {
    let isDone = false
    const run = (): Promise<void> => {
      runs += 1
      if (isDone) return Promise.reject(new Error('Query was already executed'))
      isDone = true
      database.contents.delete(key)
      return Promise.resolve()
    }
    // oxlint-disable-next-line unicorn/no-thenable -- query builders have such objects
    return { then: (onDone: () => void, onError: (error: unknown) => void) => run().then(onDone, onError) }
  }
  const source = sourceOver(tokenEndpoint(), { store: database.open({ delete: remove }), ...user })
  await source.setToken(login('one'))
  await source.clear()
  expect(runs).toBe(1)
})

test('a login that is written late while its log-out is executed does not come back', async () => {
  const { database, store, hold, isHeld, release } = slowStore()
  const remove = async (key: string) => {
    await store.delete(key)
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  const source = sourceOver(tokenEndpoint(), { store: { ...store, delete: remove }, ...user })
  await signInLate(source, { hold, isHeld })
  const done = source.clear()
  await until(() => database.operations.includes('delete'))
  release()
  await until(() => database.tokens().length === 1)
  await seconds(0.3)
  await done
  await seconds(1)
  await until(() => database.tokens().length === 0)
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
})

test('an older login that is written late does not stay over a newer one without a refresh token', async () => {
  const { database, store, hold, isHeld, release } = slowStore()
  const source = sourceOver(tokenEndpoint(), { store, ...user })
  hold()
  const outcome = errorOf(source.setToken(login('older')))
  await until(isHeld)
  await seconds(0.5)
  await outcome
  await source.setToken({ accessToken: 'newer', expiresAt: Date.now() + 3_600_000 })
  const before = database.operations.length
  release()
  await until(() => database.operations.length >= before + 3)
  await source.idle()
  expect(database.tokens()).toMatchObject([{ accessToken: 'newer' }])
})

test('while a rotated token is written again, the lock is held also if the older one is written late', async () => {
  const { database, store, hold, isHeld, release } = slowStore()
  let isDown = false
  let isLocked = false
  const own: TokenStore = {
    ...store,
    set: (key, token, ttlMs) => (isDown ? Promise.reject(new Error('down')) : store.set(key, token, ttlMs)),
    lock: async (_key, work) => {
      isLocked = true
      try {
        return await work(new AbortController())
      } finally {
        isLocked = false
      }
    },
  }
  const source = sourceOver(tokenEndpoint(grant('rotated', { refresh_token: 'r' })), { store: own, ...user })
  hold()
  const outcome = errorOf(source.setToken(login('older', 0)))
  await until(isHeld)
  await seconds(0.5)
  await outcome
  isDown = true
  expect(await accessTokenOf(source)).toBe('rotated')
  release()
  await until(() => database.tokens().length === 1)
  await seconds(1)
  expect(isLocked).toBe(true)
  isDown = false
  await seconds(0.25)
  expect(database.tokens()).toMatchObject([{ accessToken: 'rotated' }])
  expect(isLocked).toBe(false)
})

/** A source whose token is renewed over a slow store. Its set takes 200 ms, and the release of its lock 300 ms. */
function renewing(own: Partial<TokenStore>) {
  const { database, store } = slowStore()
  const slow = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  const endpoint = tokenEndpoint(grant('renewed', { refresh_token: 'r' }))
  const set: TokenStore['set'] = async (key, token, ttlMs) => {
    await slow(200)
    return store.set(key, token, ttlMs)
  }
  const lock: NonNullable<TokenStore['lock']> = async (_key, work) => {
    const result = await work(new AbortController())
    await slow(300)
    return result
  }
  const source = sourceOver(endpoint, { store: { ...store, set, lock, ...own }, ...user })
  return { database, store, source, endpoint }
}

/** Waits in small steps, so that promises settle in between. */
async function pass(tenths: number) {
  for (let tenth = 0; tenth < tenths; tenth += 1) await seconds(0.1)
}

test('a read that is late, and ends during the write after it, changes nothing', async () => {
  const reading = deferred<undefined>()
  let reads = 0
  const get: TokenStore['get'] = async (key) => {
    // The read that is made to compare the entry before the write.
    if (endpoint.requests.length > 0 && (reads += 1) === 1) await reading.promise
    return store.get(key)
  }
  const { database, store, source, endpoint } = renewing({ get })
  const signIn = source.setToken(login('old', 0))
  await until(() => database.operations.length > 0)
  await pass(3)
  await signIn
  const token = accessTokenOf(source)
  await until(() => reads === 1)
  await pass(6)
  reading.resolve(undefined)
  await pass(10)
  expect(await token).toBe('renewed')
  await source.idle()
  expect(database.tokens()).toMatchObject([{ accessToken: 'renewed' }])
})

test('a write that is late, and ends before the renewal does, changes nothing', async () => {
  const gate = deferred<undefined>()
  let sets = 0
  const set: TokenStore['set'] = async (key, token, ttlMs) => {
    sets += 1
    if (sets === 2) await gate.promise
    return store.set(key, token, ttlMs)
  }
  const { database, store, source } = renewing({ set })
  await source.setToken({ ...login('old', 0) })
  const written: (string | undefined)[] = []
  const token = accessTokenOf(source)
  await until(() => sets === 2)
  await pass(5)
  gate.resolve(undefined)
  for (let tenth = 0; tenth < 20; tenth += 1) {
    await pass(1)
    written.push(database.tokens()[0]?.accessToken)
  }
  expect(await token).toBe('renewed')
  await source.idle()
  expect(written.slice(1)).not.toContain('old')
  expect(database.tokens()).toMatchObject([{ accessToken: 'renewed' }])
})

test('a sign-in that was written late is not written again over what another process made of it', async () => {
  const { database, store, hold, isHeld, release } = slowStore()
  let isDown = true
  const get: TokenStore['get'] = async (key) => {
    if (isDown) throw new Error('down')
    return store.get(key)
  }
  const source = sourceOver(tokenEndpoint(), { store: { ...store, get }, ...user })
  await signInLate(source, { hold, isHeld })
  isDown = false
  release()
  await until(() => database.tokens().length === 1)
  await pass(1)
  const [key = ''] = database.contents.keys()
  database.contents.set(key, JSON.stringify(login('renewed elsewhere')))
  await seconds(1)
  await accessTokenOf(source)
  await source.idle()
  expect(database.tokens()).toMatchObject([{ accessToken: 'renewed elsewhere' }])
})

/** A source whose sign-in could not be stored, over a store that is slow to replace an entry, one time. */
async function slowToReplace(isReplaced: boolean) {
  const database = createDatabase()
  const gate = deferred<undefined>()
  const whole = database.open()
  let isDown = true
  const fail = async () => {
    throw new Error('down')
  }
  let replacements = 0
  const store: TokenStore = {
    ...whole,
    get: (key) => (isDown ? fail() : whole.get(key)),
    set: fail,
    replace: async (key, isExpected, next) => {
      const text = database.contents.get(key)
      if (!isExpected(text === undefined ? null : JSON.parse(text))) return false
      replacements += 1
      if (replacements === 1) await gate.promise
      if (replacements === 1 && !isReplaced) return false
      database.contents.set(key, JSON.stringify(next))
      return true
    },
  }
  const source = sourceOver(tokenEndpoint(), { store, ...user })
  await errorOf(source.setToken(login('one')))
  isDown = false
  const idle = source.idle()
  await seconds(0.5)
  gate.resolve(undefined)
  await pass(1)
  return { database, source, idle }
}

test('a token that is written again after a late write is not redeemed without the lock: other processes know it', async () => {
  const { database, store, ...slow } = slowStore()
  let isDown = false
  const orDown = <T>(work: () => T): T => {
    if (isDown) throw new Error('down')
    return work()
  }
  const fragile: TokenStore = {
    ...store,
    get: (key) => orDown(() => store.get(key)),
    set: async (key, token) => orDown(() => store.set(key, token)),
    lock: async (key, work) => orDown(() => database.lock(key, work)),
  }
  const endpoint = tokenEndpoint(grant('three', { refresh_token: 'refresh of three' }))
  const source = sourceOver(endpoint, { ...user, store: fragile })
  await signInLate(source, slow)
  await sourceOver(endpoint, { ...user, store: database.open() }).setToken(login('two'))
  expect((await source.getToken({ rejected: 'one' })).accessToken).toBe('two')
  slow.release()
  isDown = true
  await seconds(3600)
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(endpoint.requests).toEqual([])
})

test('a token that was replaced late is not written again over what another process made of it', async () => {
  const { database, source, idle } = await slowToReplace(true)
  const [key = ''] = database.contents.keys()
  database.contents.set(key, JSON.stringify(login('renewed elsewhere')))
  await seconds(5)
  await idle
  await accessTokenOf(source)
  await source.idle()
  expect(database.tokens()).toMatchObject([{ accessToken: 'renewed elsewhere' }])
})

test('a token that was not replaced, as is known late, is written again', async () => {
  const { database, idle } = await slowToReplace(false)
  expect(database.tokens()).toEqual([])
  await seconds(5)
  await idle
  expect(database.tokens()).toMatchObject([{ accessToken: 'one' }])
})

test.each([
  ['was not written is still unsaved', 'changed', true],
  ['was written is saved', 'written', false],
] as const)('a token that two late writes mark, and that %s', async (_what, outcome, isUnsaved) => {
  const token = login('newest')
  const state = createState('key')
  remember(state, token, provider)
  const gate = deferred<typeof outcome>()
  const store = {
    replace: () => gate.promise,
    get: async () => login('other'),
  } as Partial<GuardedStore> as GuardedStore
  const settings = { provider } as Partial<Settings> as Settings
  const retrying = markUnsaved(state, store, settings, token, () => false).retry()
  const later = markUnsaved(state, store, settings, token, () => true)
  gate.resolve(outcome)
  await retrying
  expect(state.unsaved).toBe(isUnsaved ? later : undefined)
  expect(state.cached?.token.accessToken).toBe('newest')
})
