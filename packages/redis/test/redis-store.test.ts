import { createTokenSource, type TokenEvent } from '@oauthkit/core'
import { createTokenEndpoint, testTokenStore } from '@oauthkit/core/testing'
import { encrypted } from '@oauthkit/encrypted'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startRedis, type RunningRedis } from '../../../config/start-redis.ts'
import { redisStore, type RedisClient } from '../src/index.ts'
import { connectAdmin, type Connection } from './connect-admin.ts'
import { example } from './example.ts'
import { intercept, ioredis, ioredis5, nodeRedis } from './kinds.ts'

let redis: RunningRedis
/** The connection that the tests use to look into Redis. */
let admin: Connection

beforeAll(async () => {
  redis = await startRedis()
  admin = await connectAdmin(redis)
})

afterEach(() => admin.flushAll())

afterAll(() => redis?.stop())

const token = { accessToken: 'a-token' }

describe.each([nodeRedis, ioredis, ioredis5])('over $name:', ({ connect }) => {
  let client: RedisClient
  let other: RedisClient

  beforeAll(async () => {
    client = (await connect(redis)).client
    other = (await connect(redis)).client
  })

  describe('a store in Redis', () => {
    testTokenStore(test, () => redisStore(client), {
      hasLock: true,
      hasReplace: true,
      timeoutMs: 60_000,
      sibling: () => redisStore(other),
      cleanUp: () => admin.flushAll(),
    })
  })

  describe('encrypted', () => {
    const key = crypto.getRandomValues(new Uint8Array(32))

    testTokenStore(test, () => encrypted(redisStore(client), key), {
      hasLock: true,
      hasReplace: true,
      timeoutMs: 60_000,
      sibling: () => encrypted(redisStore(other), key),
      cleanUp: () => admin.flushAll(),
    })

    test('nothing in Redis can be read', async () => {
      await encrypted(redisStore(client), key).set('key', token)
      expect(await admin.get('key')).toContain('ciphertext')
      expect(await admin.get('key')).not.toContain(token.accessToken)
    })
  })

  test('the store sets the lifetime in whole milliseconds, and sets none if core gives none', async () => {
    const store = redisStore(client, { prefix: 'app:' })
    await store.set('mortal', token, 60_000.5)
    await store.set('lasting', token)
    const left = await admin.pTTL('app:mortal')
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(60_001)
    expect(await admin.pTTL('app:lasting')).toBe(-1)
  })

  test('replace sets the lifetime in whole milliseconds too, and removes an older one if core gives none', async () => {
    const store = redisStore(client)
    expect(await store.replace('key', () => true, token, 60_000.5)).toBe(true)
    const left = await admin.pTTL('key')
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(60_001)
    expect(await store.replace('key', () => true, token)).toBe(true)
    expect(await admin.pTTL('key')).toBe(-1)
  })

  test.each([
    ['its text changed, though not its meaning', '{"accessToken":"a-token"}', '{ "accessToken": "a-token" }'],
    ['it was deleted', '{"accessToken":"a-token"}', undefined],
    ['it is new', undefined, '{"accessToken":"another"}'],
    ['it was empty, and was deleted', '', undefined],
    ['it is new and empty', undefined, ''],
  ])('replace does not write over an entry that changed after it was read: %s', async (_how, before, after) => {
    const put = async (text: string | undefined) =>
      void (await (text === undefined ? admin.del('key') : admin.set('key', text)))
    await put(before)
    const changing = intercept(client, 'get', async (call) => {
      const text = await call()
      await put(after)
      return text
    })
    expect(await redisStore(changing).replace('key', () => true, token)).toBe(false)
    expect(await admin.get('key')).toBe(after ?? null)
  })

  test('a replace resolves to true if the client sends it twice, because an answer was lost', async () => {
    const twice = intercept(client, 'eval', async (call) => {
      await call()
      return call()
    })
    expect(await redisStore(twice).replace('key', (current) => current === null, token)).toBe(true)
    expect(await redisStore(twice).replace('key', () => true, token)).toBe(true)
  })

  test('a text with a character that was lost elsewhere is a text', async () => {
    const store = redisStore(client)
    const odd = { ...token, extra: { name: 'Jos\uFFFD' } }
    await store.set('key', odd)
    expect(await store.get('key')).toEqual(odd)
    expect(await store.replace('key', () => true, token)).toBe(true)
  })

  describe('an entry that is not a text', () => {
    const write: Record<string, () => Promise<unknown>> = {
      'a list': () => admin.lPush('key', 'text'),
      'a hash': () => admin.hSet('key', 'accessToken', 'text'),
      'a set': () => admin.sAdd('key', 'text'),
      'bytes that are not UTF-8': () => admin.set('key', Buffer.from([0xff, 0xfe, 0x80])),
      'a stream': () => admin.xAdd('key', '*', { accessToken: 'text' }),
    }

    test.each(Object.keys(write))('is no token, and can be replaced, set and deleted: %s', async (type) => {
      const store = redisStore(client)
      const putWrong = async () => {
        await admin.del('key')
        await write[type]!()
      }
      await putWrong()
      const shown: unknown[] = []
      expect(await store.get('key')).toEqual({ unreadable: 'it is not a text of Redis' })
      expect(await store.replace('key', (current) => shown.push(current) === 0, token)).toBe(false)
      expect(await store.get('key')).toEqual(shown[0])
      expect(await store.replace('key', () => true, token)).toBe(true)
      expect(await store.get('key')).toEqual(token)
      await putWrong()
      await store.set('key', token)
      expect(await store.get('key')).toEqual(token)
      await putWrong()
      await store.delete('key')
      expect(await store.get('key')).toBeNull()
    })

    test.each(Object.keys(write))('is not replaced if a token takes its place after it was read: %s', async (type) => {
      await write[type]!()
      const changing = intercept(client, 'eval', async (call) => {
        await admin.set('key', '{"accessToken":"newer"}')
        return call()
      })
      expect(await redisStore(changing).replace('key', () => true, token)).toBe(false)
      expect(await admin.get('key')).toBe('{"accessToken":"newer"}')
    })
  })

  test('all keys begin with the prefix, also the key of the lock', async () => {
    const store = redisStore(client, { prefix: 'app:' })
    await admin.set('key', 'of another application')
    await store.set('key', token)
    expect(await store.get('key')).toEqual(token)
    await store.lock('key', async () => {
      expect((await admin.keys('*')).toSorted()).toEqual(['app:key', 'app:key:lock', 'key'])
    })
    expect(await store.replace('key', () => true, { accessToken: 'newer' })).toBe(true)
    expect(await admin.get('app:key')).toBe('{"accessToken":"newer"}')
    expect(await admin.get('key')).toBe('of another application')
    await store.delete('key')
    expect(await admin.keys('*')).toEqual(['key'])
  })

  test('a user whose entry is not JSON has to sign in, and an event says why', async () => {
    const events: TokenEvent[] = []
    const onEvent = (event: TokenEvent) => void events.push(event)
    const options = { ...example, store: redisStore(client), grant: { name: 'sign-in', identity: '' }, key: 'ada' }
    await createTokenSource(options).setToken(token)
    const [entry = ''] = await admin.keys('*')
    await admin.set(entry, '{"accessToken":"secret')
    const source = createTokenSource({ ...options, store: redisStore(client), onEvent })
    await expect(source.getToken()).rejects.toMatchObject({ code: 'TOKEN_MISSING' })
    expect(events[0]).toMatchObject({ type: 'store-failed', operation: 'get' })
    expect(JSON.stringify(events)).not.toContain('secret')
    await source.setToken(token)
    expect(await source.getToken()).toEqual(token)
  })

  test('without Redis every method rejects, and a token source continues without it', async () => {
    const mortal = await startRedis()
    const own = await connect(mortal, { isPatient: false })
    const store = redisStore(own.client)
    await mortal.stop()
    await expect(store.get('key')).rejects.toBeInstanceOf(Error)
    await expect(store.set('key', token)).rejects.toBeInstanceOf(Error)
    await expect(store.replace('key', () => true, token)).rejects.toBeInstanceOf(Error)
    await expect(store.delete('key')).rejects.toBeInstanceOf(Error)
    await expect(store.lock('key', async () => {})).rejects.toBeInstanceOf(Error)
    const endpoint = createTokenEndpoint()
    const source = createTokenSource({ ...example, fetch: endpoint.fetch, store })
    expect(await source.getToken()).toMatchObject({ accessToken: 'token-1' })
    own.end()
  })
})

describe('over RESP 2, where a caller cannot listen', () => {
  testTokenStore(test, async () => redisStore(await connectAdmin(redis, { RESP: 2 })), {
    hasLock: true,
    hasReplace: true,
    timeoutMs: 60_000,
    sibling: () => redisStore(admin),
  })
})

test.each([
  ['nothing', undefined],
  ['a promise of a client', Promise.resolve()],
  ['a URL', 'redis://localhost'],
])('%s causes a TypeError that says what to pass', (_what, wrong) => {
  expect(() => redisStore(wrong as unknown as RedisClient)).toThrow(
    new TypeError(
      "redisStore needs a client of the package 'redis', as await createClient({ url }).connect(), or of 'ioredis', as new Redis(url)",
    ),
  )
})

test.each([{ leaseMs: 99 }, { leaseMs: 100.5 }, { leaseMs: 3_600_001 }, { prefix: 7 as never }])(
  '%o causes a TypeError',
  (options) => {
    expect(() => redisStore(admin, options)).toThrow(/^redisStore: \w+ must be/)
  },
)
