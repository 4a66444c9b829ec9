import { createTokenSource, clientSecretBasic } from '@oauthkit/core'
import { createTokenEndpoint, testTokenStore } from '@oauthkit/core/testing'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { redisStore, type RedisClient } from '../src/index.ts'
import { startRedis } from './redis-server.ts'

let redis: Awaited<ReturnType<typeof startRedis>>
let client: Awaited<ReturnType<typeof connect>>
let other: typeof client

async function connect(path: string) {
  const made = createClient({ socket: { path, reconnectStrategy: false } })
  made.on('error', () => {})
  await made.connect()
  return made
}

beforeAll(async () => {
  redis = await startRedis()
  client = await connect(redis.path)
  other = await connect(redis.path)
})

afterEach(() => client.flushAll())

afterAll(async () => {
  for (const one of [client, other]) if (one?.isOpen) one.destroy()
  await redis?.stop()
})

const token = { accessToken: 'token' }

function gate() {
  let open!: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}

const lost = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

describe('a store in Redis', () => {
  testTokenStore(test, () => redisStore(client), {
    hasLock: true,
    sibling: () => redisStore(other),
    cleanUp: () => client.flushAll(),
  })

  test('sets the lifetime in Redis, and none where core gives none', async () => {
    const store = redisStore(client, { prefix: 'app:' })
    await store.set('mortal', token, 60_000.5)
    await store.set('lasting', token)
    const left = await client.pTTL('app:mortal')
    expect(left).toBeGreaterThan(50_000)
    expect(left).toBeLessThanOrEqual(60_001)
    expect(await client.pTTL('app:lasting')).toBe(-1)
  })

  test.each([
    ['nothing', undefined],
    ['a promise of a client', Promise.resolve()],
    ['a client of ioredis', { get() {}, set() {}, del() {}, eval() {}, call() {} }],
  ])('%s is a TypeError that says what to pass', (_, wrong) => {
    expect(() => redisStore(wrong as unknown as RedisClient)).toThrow(/needs a client of the package 'redis'/)
  })

  test.each([{ leaseMs: 99 }, { leaseMs: 100.5 }, { waitMs: Number.NaN }])('%o is a TypeError', (options) => {
    expect(() => redisStore(client, options)).toThrow(/^redisStore: \w+ must be/)
  })
})

describe('the lock', () => {
  test('keeps 50 workers on two connections apart, and leaves nothing behind', { timeout: 30_000 }, async () => {
    const stores = [redisStore(client), redisStore(other)]
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, (inside += 1))
      const count = Number(await client.get('count'))
      await client.set('count', String(count + 1))
      inside -= 1
    }
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => (stores[index % 2] ?? redisStore(client)).lock('key', work)),
    )
    expect(most).toBe(1)
    expect(await client.get('count')).toBe('50')
    expect(await client.keys('*')).toEqual(['count'])
  })

  test('is extended while the work runs, and never without an expiry', async () => {
    const store = redisStore(client, { leaseMs: 100 })
    const remaining: number[] = []
    await store.lock('key', async ({ signal }) => {
      const startedAt = Date.now()
      while (Date.now() < startedAt + 400) remaining.push(await other.pTTL('key:lock'))
      expect(signal.aborted).toBe(false)
    })
    expect(Math.min(...remaining)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...remaining)).toBeLessThanOrEqual(100)
    expect(await client.exists('key:lock')).toBe(0)
  })

  test('of a process whose connection broke goes to the next after the lease', async () => {
    const dying = await connect(redis.path)
    const done = gate()
    const started = gate()
    let signal: AbortSignal | undefined
    const holder = redisStore(dying, { leaseMs: 150 }).lock('key', async (lease) => {
      ;({ signal } = lease)
      started.open()
      await done.opened
    })
    const outcome = holder.catch((error: unknown) => error)
    await started.opened
    dying.destroy()
    await redisStore(other, { leaseMs: 150 }).lock('key', async () => expect(signal?.aborted).toBe(true))
    done.open()
    expect(await outcome).toBeInstanceOf(Error)
  })

  test('that was lost aborts the signal, rejects, and leaves the lock of another alone', async () => {
    const store = redisStore(client, { leaseMs: 150 })
    const holder = store.lock('key', async ({ signal }) => {
      await other.set('key:lock', 'another', { expiration: { type: 'PX', value: 60_000 } })
      await lost(signal)
    })
    await expect(holder).rejects.toThrow('the lock was lost while the work ran')
    expect(await client.get('key:lock')).toBe('another')
  })

  test('that others hold for too long rejects', async () => {
    await other.set('key:lock', 'another', { expiration: { type: 'PX', value: 60_000 } })
    const waiting = redisStore(client, { waitMs: 50 }).lock('key', async () => {})
    await expect(waiting).rejects.toThrow('others held the lock for 50 ms')
  })
})

test('without Redis every method rejects, and a token source goes on without it', async () => {
  const mortal = await startRedis()
  const own = await connect(mortal.path)
  const store = redisStore(own)
  await mortal.stop()
  await expect(store.get('key')).rejects.toBeInstanceOf(Error)
  await expect(store.set('key', token)).rejects.toBeInstanceOf(Error)
  await expect(store.delete('key')).rejects.toBeInstanceOf(Error)
  await expect(store.lock('key', async () => {})).rejects.toBeInstanceOf(Error)
  const endpoint = createTokenEndpoint()
  const source = createTokenSource({
    provider: {
      name: 'example',
      tokenEndpoint: 'https://id.example/token',
      resources: ['https://api.example'],
      clientAuth: clientSecretBasic,
    },
    clientId: 'app',
    clientSecret: 'secret',
    fetch: endpoint.fetch,
    store,
  })
  expect(await source.getToken()).toMatchObject({ accessToken: 'token-1' })
  if (own.isOpen) own.destroy()
})
