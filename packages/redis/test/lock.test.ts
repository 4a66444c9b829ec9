import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { startRedis, type RunningRedis } from '../../../config/start-redis.ts'
import { redisStore } from '../src/index.ts'
import type { RedisClient } from '../src/index.ts'
import { connectAdmin, type Connection } from './connect-admin.ts'
import { intercept, ioredis, nodeRedis } from './kinds.ts'

/** A busy machine can be slow: only the limit of the test decides. */
const patient = { timeout: 300_000 }

let redis: RunningRedis
/** The connection that the tests use to look into Redis. */
let admin: Connection

beforeAll(async () => {
  redis = await startRedis()
  admin = await connectAdmin(redis)
})

afterEach(() => admin.flushAll())

afterAll(() => redis?.stop())

function gate() {
  let open!: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

/** Sets a lock that no test releases. */
const occupy = () => admin.set('key:lock', 'another', { expiration: { type: 'PX', value: 60_000 } })

/** Counts the callers that listen for the release of the lock. */
const listeners = async () => (await admin.pubSubNumSub(['key:lock']))['key:lock'] ?? 0

describe.each([nodeRedis, ioredis])('over $name:', ({ connect }) => {
  let client: RedisClient
  let other: RedisClient

  beforeAll(async () => {
    client = (await connect(redis)).client
    other = (await connect(redis)).client
  })

  test('a lock lets 50 workers on two connections run one at a time, and leaves no key behind', async () => {
    const stores = [redisStore(client), redisStore(other)] as const
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, (inside += 1))
      const count = Number(await admin.get('count'))
      await admin.set('count', String(count + 1))
      inside -= 1
    }
    await Promise.all(Array.from({ length: 50 }, (_, index) => stores[index % 2 === 0 ? 0 : 1].lock('key', work)))
    expect(most).toBe(1)
    expect(await admin.get('count')).toBe('50')
    expect(await admin.keys('*')).toEqual(['count'])
    await vi.waitFor(async () => expect(await listeners()).toBe(0), patient)
  })

  test('a lock is extended while the work runs, and always has an expiry', async () => {
    const remaining: number[] = []
    let extensions = 0
    await redisStore(client, { leaseMs: 3000 }).lock('key', async (lease) => {
      while (extensions < 2) {
        const before = remaining.at(-1) ?? 0
        remaining.push(await admin.pTTL('key:lock'))
        if (remaining.length > 1 && (remaining.at(-1) ?? 0) > before) extensions += 1
      }
      expect(lease.signal.aborted).toBe(false)
    })
    expect(Math.min(...remaining)).toBeGreaterThan(0)
    expect(Math.max(...remaining)).toBeLessThanOrEqual(3000)
    expect(await admin.exists('key:lock')).toBe(0)
  })

  test('a release wakes a waiting caller, which reads the store first and then needs no lock', async () => {
    const store = redisStore(client, { leaseMs: 3_600_000 })
    const done = gate()
    const holder = store.lock('key', () => done.opened)
    let looks = 0
    const work = vi.fn<() => Promise<string>>()
    const reread = async () => {
      looks += 1
      return (await admin.exists('key:lock')) ? undefined : 'the token of the holder'
    }
    let refusals = 0
    const watched = intercept(other, 'eval', async (call) => {
      const answer = await call()
      if (answer === 0) refusals += 1
      return answer
    })
    const waiter = redisStore(watched).lock('key', work, reread)
    // The caller asked for the lock, listened, read the store, and asked again. Now it waits.
    await vi.waitFor(() => expect(refusals).toBe(2), patient)
    done.open()
    expect(await waiter).toBe('the token of the holder')
    await holder
    expect(looks).toBeGreaterThan(1)
    expect(work).not.toHaveBeenCalled()
    expect(await admin.keys('*')).toEqual([])
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
    const holder = redisStore(dying.client, { leaseMs: 1500 }).lock('key', async (lease) => {
      isOver = () => lease.signal.aborted
      started.open()
      await done.opened
    })
    const outcome = holder.catch((error: unknown) => error)
    await started.opened
    dying.end()
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
    expect(await admin.get('key:lock')).toBe('another')
  })

  test('a lock that another caller took just before the release rejects', async () => {
    const holder = redisStore(client).lock('key', occupy)
    await expect(holder).rejects.toThrow('the lock was lost while the work ran')
    expect(await admin.get('key:lock')).toBe('another')
  })

  describe('an entry under the key of the lock', () => {
    const broken: Record<string, () => Promise<unknown>> = {
      'has no lifetime': () => admin.set('key:lock', 'another'),
      'is empty, without a lifetime': () => admin.set('key:lock', ''),
      'has a lifetime of more than an hour': () =>
        admin.set('key:lock', 'another', { expiration: { type: 'PX', value: 3_700_000 } }),
      'is a list without a lifetime': () => admin.lPush('key:lock', 'another'),
      'is a hash without a lifetime': () => admin.hSet('key:lock', 'another', '1'),
    }

    test.each(Object.keys(broken))('is taken over by one caller if it %s', async (what) => {
      await broken[what]!()
      let inside = 0
      let most = 0
      const work = async () => {
        most = Math.max(most, (inside += 1))
        expect(await admin.pTTL('key:lock')).toBeGreaterThan(0)
        inside -= 1
      }
      await Promise.all([client, other, client, other].map((one) => redisStore(one).lock('key', work)))
      expect(most).toBe(1)
      expect(await admin.exists('key:lock')).toBe(0)
    })

    test('is waited for while it has a lifetime of at most an hour, even if it is no lock', async () => {
      await admin.lPush('key:lock', 'another')
      await admin.pExpire('key:lock', 3_500_000)
      let refusals = 0
      const watched = intercept(client, 'eval', async (call) => {
        const answer = await call()
        if (answer === 0) refusals += 1
        return answer
      })
      const waiter = redisStore(watched).lock('key', async () => 'done')
      await vi.waitFor(() => expect(refusals).toBe(2), patient)
      await admin.del('key:lock')
      expect(await waiter).toBe('done')
    })

    test('ends the lease of a holder if it replaces its lock by another type', async () => {
      const holder = redisStore(client, { leaseMs: 1500 }).lock('key', async ({ signal }) => {
        await admin.del('key:lock')
        await admin.lPush('key:lock', 'another')
        await aborted(signal)
      })
      await expect(holder).rejects.toThrow('the lock was lost while the work ran')
      expect(await admin.type('key:lock')).toBe('list')
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
    expect(await admin.exists('key:lock')).toBe(0)
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
    await admin.subscribe('key:lock', told)
    await redisStore(client).lock('key', async () => {})
    await vi.waitFor(() => expect(told).toHaveBeenCalledOnce(), patient)
    await admin.unsubscribe('key:lock')
  })

  test('a lock that others hold for six leases rejects', async () => {
    await occupy()
    const start = performance.now()
    const clock = vi.spyOn(performance, 'now').mockReturnValue(start)
    const waiter = redisStore(client).lock('key', async () => {})
    const outcome = waiter.catch(String)
    await vi.waitFor(async () => expect(await listeners()).toBe(1), patient)
    clock.mockReturnValue(start + 30_001)
    expect(await outcome).toBe('Error: others held the lock for 30000 ms')
    await vi.waitFor(async () => expect(await listeners()).toBe(0), patient)
    vi.restoreAllMocks()
  })

  test('a lock rejects if Redis does not answer within a third of the lease', async () => {
    const silent = intercept(client, 'eval', () => new Promise(() => {}))
    const waiter = redisStore(silent, { leaseMs: 300 }).lock('key', async () => {})
    await expect(waiter).rejects.toThrow('Redis did not answer within 100 ms')
  })

  test('a lock that was granted in spite of an error is released', async () => {
    const breaking = intercept(client, 'eval', async (call) => {
      const answer = await call()
      if (await admin.exists('key:lock')) throw new Error('the connection broke')
      return answer
    })
    await expect(redisStore(breaking).lock('key', async () => {})).rejects.toThrow('the connection broke')
    await vi.waitFor(async () => expect(await admin.exists('key:lock')).toBe(0), patient)
  })

  test('a lock works if the client sends its commands twice, because an answer was lost', async () => {
    const twice = intercept(client, 'eval', async (call) => {
      if (!(await admin.exists('key:lock'))) await call()
      return call()
    })
    expect(await redisStore(twice).lock('key', async () => 'done')).toBe('done')
  })

  test('a caller that is not allowed to listen asks for the lock until it is free', async () => {
    await admin.sendCommand(['ACL', 'SETUSER', 'quiet', 'on', 'nopass', '~*', '+@all', 'resetchannels'])
    const { client: quiet } = await connect({ url: redis.url.replace('//', '//quiet:any@') })
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
})
