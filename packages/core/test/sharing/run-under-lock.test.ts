import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import type { Token, TokenStore } from '../../src/index.ts'
import { accessTokenOf, createDatabase, until, watch } from '../database.ts'
import { deferred, errorOf, refusal, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

type Lock = NonNullable<TokenStore['lock']>

const fail = () => {
  throw new Error('down')
}
const reject = () => Promise.reject(new Error('down'))
const hang = () => new Promise<never>(() => {})

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

test('a process that finds a token in the store takes no lock', async () => {
  const database = createDatabase()
  const { lock } = database
  await sourceOver(tokenEndpoint(), { store: database.open({ lock }) }).getToken()
  database.operations.length = 0
  await sourceOver(tokenEndpoint(), { store: database.open({ lock }) }).getToken()
  expect(database.operations).toEqual(['get'])
})

test('under the lock, a renewal reads the store, requests a token, and writes it if nothing has changed', async () => {
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
  ['returns without running the work', async () => undefined as never, 'it did not run the work'],
])('if a lock %s, the work runs once without it', async (_what, lock, message) => {
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
])('a lock that %s does not change the result of the work', async (_what, lock) => {
  const endpoint = tokenEndpoint()
  const { source, events, types } = watch(endpoint, { store: createDatabase().open({ lock }) })
  expect(await accessTokenOf(source)).toBe('token-1')
  expect(endpoint.requests).toHaveLength(1)
  await until(() => events.length === 2)
  expect(types().toSorted()).toEqual(['renewed', 'store-failed'])
})

test('if a lock is never released, the call waits for it no longer than storeTimeoutMs', async () => {
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
])('a lock that %s still causes only one token request', async (_what, lock) => {
  const endpoint = tokenEndpoint(refusal('invalid_client', 401))
  const { source } = watch(endpoint, { store: createDatabase().open({ lock }) })
  await errorOf(source.getToken())
  expect(endpoint.requests).toHaveLength(1)
  await seconds(1)
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(endpoint.requests).toHaveLength(2)
})

test('a process that waits for the lock can read the store again, and needs no lock if a new token is there', async () => {
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

test('a token found during the wait for the lock is used, even if the lock then runs the work or fails', async () => {
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

test('after the work has run, reread does not read the store', async () => {
  const lock: Lock = async (_key, work, reread) => {
    const token = await work({ signal })
    await reread?.()
    return token
  }
  const { source, types } = watch(tokenEndpoint(), { store: createDatabase().open({ lock }) })
  expect(await accessTokenOf(source)).toBe('token-1')
  expect(types()).toEqual(['renewed'])
})

test('the call gets the error of the work unchanged', async () => {
  const endpoint = tokenEndpoint(refusal('invalid_client', 401))
  const { lock } = createDatabase()
  const { source, types } = watch(endpoint, { store: createDatabase().open({ lock }) })
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_client' })
  expect(types()).toEqual(['failed'])
})

test('the method lock is called with the store as this', async () => {
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

test('the wait for a lock to redeem a refresh token ends at timeoutMs, and work that the lock runs later makes no token request', async () => {
  const granted = deferred<undefined>()
  let isAsked = false
  const lock: Lock = (_key, work) => {
    isAsked = true
    return granted.promise.then(() => work({ signal }))
  }
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const options = { store: database.open({ lock }), grant: { name: 'sign-in', identity: '' }, key: 'user' }
  const { source, events } = watch(endpoint, { ...options, timeoutMs: 3000 })
  await source.setToken({ accessToken: 'old', refreshToken: 'refresh-1', expiresAt: Date.now() })
  const outcome = errorOf(source.getToken())
  await until(() => isAsked)
  await seconds(3)
  expect(await outcome).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: 'example: no token within 3000 ms: try again later, or raise timeoutMs',
  })
  expect(events).toMatchObject([{ type: 'failed', reason: 'expired' }])
  granted.resolve(undefined)
  await seconds(0)
  expect(endpoint.requests).toHaveLength(0)
  expect(database.tokens()).toMatchObject([{ accessToken: 'old' }])
})
