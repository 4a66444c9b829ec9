import { createClient, createClientPool, createCluster } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { startRedis, type RunningRedis } from '../../../config/start-redis.ts'
import { redisStore } from '../src/index.ts'
import type { RedisClient } from '../src/redis-client.ts'
import { connect, type Connection } from './connect.ts'

/** A busy machine can be slow: only the limit of the test decides. */
const patient = { timeout: 300_000 }

let redis: RunningRedis
let client: Connection
let other: Connection

beforeAll(async () => {
  redis = await startRedis()
  client = await connect(redis)
  other = await connect(redis)
})

afterEach(() => client.flushAll())

afterAll(() => redis?.stop())

function gate() {
  let open!: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

/** Sets a lock that no test releases. */
const occupy = () => other.set('key:lock', 'another', { expiration: { type: 'PX', value: 60_000 } })

/** Counts the callers that listen for the release of the lock. */
const listeners = async () => (await client.pubSubNumSub(['key:lock']))['key:lock'] ?? 0

test('a lock lets 50 workers on two connections run one at a time, and leaves no key behind', async () => {
  const stores = [redisStore(client), redisStore(other)] as const
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, (inside += 1))
    const count = Number(await client.get('count'))
    await client.set('count', String(count + 1))
    inside -= 1
  }
  await Promise.all(Array.from({ length: 50 }, (_, index) => stores[index % 2 === 0 ? 0 : 1].lock('key', work)))
  expect(most).toBe(1)
  expect(await client.get('count')).toBe('50')
  expect(await client.keys('*')).toEqual(['count'])
  await vi.waitFor(async () => expect(await listeners()).toBe(0), patient)
})

test('a lock is extended while the work runs, and always has an expiry', async () => {
  const remaining: number[] = []
  let extensions = 0
  await redisStore(client, { leaseMs: 3000 }).lock('key', async (lease) => {
    while (extensions < 2) {
      const before = remaining.at(-1) ?? 0
      remaining.push(await other.pTTL('key:lock'))
      if (remaining.length > 1 && (remaining.at(-1) ?? 0) > before) extensions += 1
    }
    expect(lease.signal.aborted).toBe(false)
  })
  expect(Math.min(...remaining)).toBeGreaterThan(0)
  expect(Math.max(...remaining)).toBeLessThanOrEqual(3000)
  expect(await client.exists('key:lock')).toBe(0)
})

test('a release wakes a waiting caller, which reads the store first and then needs no lock', async () => {
  const store = redisStore(client, { leaseMs: 3_600_000 })
  const done = gate()
  const holder = store.lock('key', () => done.opened)
  let looks = 0
  const work = vi.fn<() => Promise<string>>()
  const reread = async () => {
    looks += 1
    return (await client.exists('key:lock')) ? undefined : 'the token of the holder'
  }
  let refusals = 0
  const watched: RedisClient = {
    get: (key) => other.get(key),
    set: (...parameters) => other.set(...parameters),
    del: (key) => other.del(key),
    eval: async (...parameters) => {
      const answer = await other.eval(...parameters)
      if (answer === 0) refusals += 1
      return answer
    },
    subscribe: (...parameters) => other.subscribe(...parameters),
    unsubscribe: (...parameters) => other.unsubscribe(...parameters),
  }
  const waiter = redisStore(watched).lock('key', work, reread)
  // The caller asked for the lock, listened, read the store, and asked again. Now it waits.
  await vi.waitFor(() => expect(refusals).toBe(2), patient)
  done.open()
  expect(await waiter).toBe('the token of the holder')
  await holder
  expect(looks).toBeGreaterThan(1)
  expect(work).not.toHaveBeenCalled()
  expect(await client.keys('*')).toEqual([])
  await vi.waitFor(async () => expect(await listeners()).toBe(0), patient)
})

test('a release gives the lock to a waiting caller that finds no token in the store', async () => {
  const done = gate()
  const holder = redisStore(client).lock('key', () => done.opened)
  const waiter = redisStore(other).lock(
    'key',
    async () => 'done',
    async () => undefined,
  )
  await vi.waitFor(async () => expect(await listeners()).toBe(1), patient)
  done.open()
  expect(await waiter).toBe('done')
  await holder
})

test('the lock of a process that is gone goes to the next caller after the lease, and no sooner', async () => {
  const dying = await connect(redis)
  const started = gate()
  const done = gate()
  let isOver = () => false
  const holder = redisStore(dying, { leaseMs: 1500 }).lock('key', async (lease) => {
    isOver = () => lease.signal.aborted
    started.open()
    await done.opened
  })
  const outcome = holder.catch((error: unknown) => error)
  await started.opened
  dying.destroy()
  await redisStore(other, { leaseMs: 1500 }).lock('key', async () => expect(isOver()).toBe(true))
  done.open()
  expect(await outcome).toBeInstanceOf(Error)
})

test('a lost lock aborts the signal, rejects, and does not release the lock of the next holder', async () => {
  const holder = redisStore(client, { leaseMs: 1500 }).lock('key', async ({ signal }) => {
    await occupy()
    await aborted(signal)
  })
  await expect(holder).rejects.toThrow('the lock was lost while the work ran')
  expect(await client.get('key:lock')).toBe('another')
})

test('a lock that another caller took just before the release rejects', async () => {
  const holder = redisStore(client).lock('key', occupy)
  await expect(holder).rejects.toThrow('the lock was lost while the work ran')
  expect(await client.get('key:lock')).toBe('another')
})

describe('an entry under the key of the lock', () => {
  const broken: Record<string, () => Promise<unknown>> = {
    'has no lifetime': () => other.set('key:lock', 'another'),
    'is empty, without a lifetime': () => other.set('key:lock', ''),
    'has a lifetime of more than an hour': () =>
      other.set('key:lock', 'another', { expiration: { type: 'PX', value: 3_700_000 } }),
    'is a list without a lifetime': () => other.lPush('key:lock', 'another'),
    'is a hash without a lifetime': () => other.hSet('key:lock', 'another', '1'),
  }

  test.each(Object.keys(broken))('is taken over by one caller if it %s', async (what) => {
    await broken[what]!()
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, (inside += 1))
      expect(await other.pTTL('key:lock')).toBeGreaterThan(0)
      inside -= 1
    }
    await Promise.all([client, other, client, other].map((one) => redisStore(one).lock('key', work)))
    expect(most).toBe(1)
    expect(await client.exists('key:lock')).toBe(0)
  })

  test('is waited for while it has a lifetime of at most an hour, even if it is no lock', async () => {
    await other.lPush('key:lock', 'another')
    await other.pExpire('key:lock', 3_500_000)
    await expect(redisStore(client, { leaseMs: 100 }).lock('key', async () => {})).rejects.toThrow(
      'others held the lock',
    )
    await other.pExpire('key:lock', 300)
    expect(await redisStore(client).lock('key', async () => 'done')).toBe('done')
  })

  test('ends the lease of a holder if it replaces its lock by another type', async () => {
    const holder = redisStore(client, { leaseMs: 1500 }).lock('key', async ({ signal }) => {
      await other.del('key:lock')
      await other.lPush('key:lock', 'another')
      await aborted(signal)
    })
    await expect(holder).rejects.toThrow('the lock was lost while the work ran')
    expect(await client.type('key:lock')).toBe('list')
  })
})

test('a lost lock passes on the error of its work', async () => {
  const holder = redisStore(client).lock('key', async () => {
    await occupy()
    throw new Error('of the work')
  })
  await expect(holder).rejects.toThrow('of the work')
})

test('a lock that expired by the clock rejects, even if Redis still has it', async () => {
  const holder = redisStore(client).lock('key', async () => {
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 5000)
  })
  await expect(holder).rejects.toThrow('the lock was lost while the work ran')
  vi.restoreAllMocks()
  expect(await client.exists('key:lock')).toBe(0)
})

test('a released lock is not extended any more', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    await redisStore(client).lock('key', async () => expect(vi.getTimerCount()).toBe(1))
    await redisStore(client)
      .lock('key', () => Promise.reject(new Error('of the work')))
      .catch(() => {})
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('a release is published to the listeners', async () => {
  const told = vi.fn<() => void>()
  await other.subscribe('key:lock', told)
  await redisStore(client).lock('key', async () => {})
  await vi.waitFor(() => expect(told).toHaveBeenCalledOnce(), patient)
  await other.unsubscribe('key:lock')
})

test('a lock that others hold for six leases rejects', async () => {
  await occupy()
  const waiter = redisStore(client, { leaseMs: 1000 }).lock('key', async () => {})
  await expect(waiter).rejects.toThrow('others held the lock for 6000 ms')
  await vi.waitFor(async () => expect(await listeners()).toBe(0), patient)
})

test('a lock rejects if Redis does not answer within a third of the lease', async () => {
  const silent: RedisClient = {
    get: async () => null,
    set: () => new Promise(() => {}),
    del: async () => 0,
    eval: () => new Promise(() => {}),
  }
  const waiter = redisStore(silent, { leaseMs: 300 }).lock('key', async () => {})
  await expect(waiter).rejects.toThrow('Redis did not answer within 100 ms')
})

test('a lock that was granted in spite of an error is released', async () => {
  const breaking: RedisClient = {
    get: (key) => client.get(key),
    set: (...parameters) => client.set(...parameters),
    del: (key) => client.del(key),
    eval: async (...parameters) => {
      const answer = await client.eval(...parameters)
      if (await client.exists('key:lock')) throw new Error('the connection broke')
      return answer
    },
  }
  await expect(redisStore(breaking).lock('key', async () => {})).rejects.toThrow('the connection broke')
  await vi.waitFor(async () => expect(await client.exists('key:lock')).toBe(0), patient)
})

test('a caller that is not allowed to listen asks for the lock until it is free', async () => {
  await client.sendCommand(['ACL', 'SETUSER', 'quiet', 'on', 'nopass', '~*', '+@all', 'resetchannels'])
  const quiet = await connect({ url: redis.url.replace('//', '//quiet:any@') })
  const done = gate()
  const holder = redisStore(quiet).lock('key', () => done.opened)
  let looks = 0
  const waiter = redisStore(quiet).lock(
    'key',
    async () => 'done',
    async () => {
      looks += 1
      if (looks === 3) done.open()
      return undefined
    },
  )
  expect(await waiter).toBe('done')
  await holder
})

describe('the store works with other clients of the same package:', () => {
  test('a pool', async () => {
    const pool = createClientPool({ url: redis.url })
    await pool.connect()
    const store = redisStore(pool)
    await store.set('key', { accessToken: 'token' })
    expect(await store.lock('key', async () => store.get('key'))).toEqual({ accessToken: 'token' })
    await pool.close()
  })

  test('a client that puts its own prefix before all keys', async () => {
    const prefixed = createClient({ url: redis.url, keyPrefix: 'app:' })
    prefixed.on('error', () => {})
    await prefixed.connect()
    const store = redisStore(prefixed)
    const told = vi.fn<() => void>()
    await other.subscribe('key:lock', told)
    await store.lock('key', async () => expect(await client.keys('*')).toEqual(['app:key:lock']))
    await vi.waitFor(() => expect(told).toHaveBeenCalledOnce(), patient)
    await other.unsubscribe('key:lock')
    prefixed.destroy()
  })

  test('a cluster', async () => {
    const node = await startRedis(undefined, ['--cluster-enabled', 'yes'])
    const first = await connect(node)
    await first.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383'])
    await vi.waitFor(async () => expect(await first.clusterInfo()).toContain('cluster_state:ok'), patient)
    const cluster = createCluster({ rootNodes: [{ url: node.url }] })
    await cluster.connect()
    const store = redisStore(cluster)
    await store.set('key', { accessToken: 'token' })
    const done = gate()
    const holder = store.lock('key', () => done.opened)
    const waiter = store.lock('key', async () => store.get('key'))
    await vi.waitFor(async () => expect((await first.pubSubNumSub(['key:lock']))['key:lock']).toBe(1), patient)
    done.open()
    expect(await waiter).toEqual({ accessToken: 'token' })
    await holder
    cluster.destroy()
    await node.stop()
  })
})
