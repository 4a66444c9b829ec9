import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import type { Token, TokenStore } from '../../src/index.ts'
import { accessTokenOf, createDatabase, until, watch } from '../database.ts'
import { deferred, errorOf, grant, signedIn, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

type Lock = NonNullable<TokenStore['lock']>

/** The locks of a database, by their keys without the hash. The named ones are held by processes that died. */
function createLocks(dead: readonly string[]) {
  const holders = new Map<string, Promise<unknown>>()
  const asked: string[] = []
  const short = (key: string) => key.replace(/^oauthkit:[0-9a-f]{64}/, '')
  /** A lock that tells its waiting callers of each release, as Redis does. */
  const lock: Lock = async (key, work, reread) => {
    const name = short(key)
    asked.push(name)
    for (;;) {
      const found = holders.has(name) || dead.includes(name) ? await reread?.() : undefined
      if (found !== undefined) return found
      if (dead.includes(name)) await new Promise<never>(() => {})
      if (!holders.has(name)) break
      await holders.get(name)
    }
    const result = work({ signal: new AbortController().signal })
    holders.set(
      name,
      result.catch(() => {}).then(() => holders.delete(name)),
    )
    return result
  }
  return { lock, asked }
}

/** Advances the time in small steps, so that promises of other threads settle in between. */
async function pass(count: number) {
  for (let tenth = 0; tenth < count * 10; tenth += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    await seconds(0.1)
  }
}

test('an application does not wait longer than 2 s for a lock whose holder died, and only one process asks then', async () => {
  const database = createDatabase()
  const { lock, asked } = createLocks([''])
  const endpoint = tokenEndpoint()
  const sources = Array.from({ length: 8 }, () => sourceOver(endpoint, { store: database.open({ lock }) }))
  const tokens = Promise.all(sources.map((source) => accessTokenOf(source)))
  await until(() => asked.length === 8)
  await seconds(1.9)
  expect(endpoint.requests).toHaveLength(0)
  await pass(0.1)
  expect(await tokens).toEqual(Array(8).fill('token-1'))
  expect(endpoint.requests).toHaveLength(1)
  expect(new Set(asked.slice(8))).toEqual(new Set([':2']))
})

test('a second holder that does not come back costs 2 s more, and then a third lock is used', async () => {
  const database = createDatabase()
  const { lock, asked } = createLocks(['', ':2'])
  const endpoint = tokenEndpoint()
  const sources = Array.from({ length: 4 }, () => sourceOver(endpoint, { store: database.open({ lock }) }))
  const tokens = Promise.all(sources.map((source) => accessTokenOf(source)))
  await until(() => asked.length === 4)
  await pass(4)
  expect(await tokens).toEqual(Array(4).fill('token-1'))
  expect(endpoint.requests).toHaveLength(1)
  expect(asked).toContain(':3')
})

test('with a short timeoutMs, the wait for a lock is a quarter of it', async () => {
  const { lock, asked } = createLocks([''])
  const endpoint = tokenEndpoint()
  const token = accessTokenOf(sourceOver(endpoint, { store: createDatabase().open({ lock }), timeoutMs: 2000 }))
  await until(() => asked.length)
  await seconds(0.4)
  expect(endpoint.requests).toHaveLength(0)
  await pass(0.1)
  expect(await token).toBe('token-1')
})

test('a store whose lock gives no answer at all is asked for two locks, and then the token is requested without one', async () => {
  const keys: string[] = []
  const lock: Lock = (key) => {
    keys.push(key)
    return new Promise<never>(() => {})
  }
  const endpoint = tokenEndpoint()
  const { source, events } = watch(endpoint, { store: createDatabase().open({ lock }) })
  const token = accessTokenOf(source)
  await until(() => keys.length)
  await seconds(2)
  await until(() => keys.length === 2)
  await seconds(1.9)
  expect(endpoint.requests).toHaveLength(0)
  await pass(0.1)
  expect(await token).toBe('token-1')
  expect(keys[1]).toBe(`${keys[0]}:2`)
  const failure = { type: 'store-failed', operation: 'lock', message: 'no answer within 2000 ms' }
  expect(events).toMatchObject([failure, failure, { type: 'renewed' }])
})

test('a token that was stored during the wait for a dead holder is used', async () => {
  const database = createDatabase()
  const { lock, asked } = createLocks([''])
  const endpoint = tokenEndpoint()
  const token = accessTokenOf(sourceOver(endpoint, { store: database.open({ lock }) }))
  await until(() => asked.length)
  await sourceOver(endpoint, { store: database.open() }).setToken({ accessToken: 'mine' })
  await pass(2)
  expect(await token).toBe('mine')
  expect(endpoint.requests).toHaveLength(0)
})

test('a lock that is granted after the wait has ended does not run the work again', async () => {
  const granted = deferred<undefined>()
  const results: unknown[] = []
  const keys: string[] = []
  const lock: Lock = async (key, work, reread) => {
    keys.push(key)
    if (key.endsWith(':2')) return work({ signal: new AbortController().signal })
    await reread?.()
    await granted.promise
    results.push(await reread?.())
    return work({ signal: new AbortController().signal })
  }
  const endpoint = tokenEndpoint()
  const { source, types } = watch(endpoint, { store: createDatabase().open({ lock }) })
  const token = accessTokenOf(source)
  await until(() => keys.length)
  await pass(2.2)
  expect(await token).toBe('token-1')
  granted.resolve(undefined)
  await until(() => results.length)
  await seconds(0)
  expect(results).not.toEqual([undefined])
  expect(endpoint.requests).toHaveLength(1)
  expect(types()).toEqual(['renewed'])
})

test('for a refresh token, the lock of its key is waited for as long as timeoutMs allows', async () => {
  const { lock, asked } = createLocks([''])
  const endpoint = tokenEndpoint()
  const store = createDatabase().open({ lock })
  const source = sourceOver(endpoint, { store, grant: signedIn, key: 'user' })
  await source.setToken({ accessToken: 'token-0', refreshToken: 'refresh-0', expiresAt: Date.now() })
  const error = errorOf(source.getToken())
  await pass(9)
  expect(await error).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(asked).toEqual([''])
  expect(endpoint.requests).toHaveLength(0)
})

test('a user who signs in during the wait for a dead holder is not asked to wait for the next lock', async () => {
  const database = createDatabase()
  const { lock, asked } = createLocks([''])
  const answer: Token = { accessToken: 'theirs', refreshToken: 'refresh-1', expiresAt: Date.now() + 60_000 }
  const endpoint = tokenEndpoint(grant('unused'))
  const options = { key: 'tenant' }
  const token = accessTokenOf(sourceOver(endpoint, { store: database.open({ lock }), ...options }))
  await until(() => asked.length)
  await sourceOver(endpoint, { store: database.open(), ...options }).setToken(answer)
  await pass(2)
  expect(await token).toBe('theirs')
})

test('a holder waits for its own slow request, however long that takes', async () => {
  const answer = deferred<Response>()
  const database = createDatabase()
  const { lock, asked } = createLocks([])
  const endpoint = tokenEndpoint(answer.promise)
  const token = accessTokenOf(sourceOver(endpoint, { store: database.open({ lock }) }))
  await until(() => endpoint.requests.length)
  await pass(5)
  answer.resolve(grant('slow'))
  expect(await token).toBe('slow')
  expect(asked).toEqual([''])
  expect(endpoint.requests).toHaveLength(1)
})

test('a lock that is lost as soon as it is granted does not stop an application', async () => {
  const database = createDatabase()
  const lock: Lock = async (_key, work) => work({ signal: AbortSignal.abort() })
  const endpoint = tokenEndpoint()
  const token = accessTokenOf(sourceOver(endpoint, { store: database.open({ lock }) }))
  await pass(2)
  expect(await token).toBe('token-1')
  expect(endpoint.requests).toHaveLength(1)
})
