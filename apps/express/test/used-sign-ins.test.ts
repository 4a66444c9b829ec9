import { randomBytes } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'
import { startRedis } from '../../../config/start-redis.ts'
import { memoryUsedSignIns } from '../src/stores/memory-used-sign-ins.ts'
import { redisStores } from '../src/stores/redis-stores.ts'
import { redisUsedSignIns } from '../src/stores/redis-used-sign-ins.ts'
import { StoreError } from '../src/stores/store-error.ts'

afterEach(() => void vi.useRealTimers())

/** Two processes over one Redis, and what stops them. */
async function startProcesses() {
  const redis = await startRedis()
  const open = () => redisStores({ url: redis.url, keys: [randomBytes(32).toString('base64url')], onError: () => {} })
  const processes = [await open(), await open()]
  return {
    redis,
    used: processes.map(({ usedSignIns }) => usedSignIns),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(processes.map(({ close }) => close()))
      await redis.stop()
    },
  }
}

test('in memory, of several callbacks at once one is the first', async () => {
  const used = memoryUsedSignIns()
  expect(await used.has('one')).toBe(false)
  const added = await Promise.all(Array.from({ length: 10 }, () => used.add('one', 60_000)))
  expect(added.filter(Boolean)).toHaveLength(1)
  expect([await used.has('one'), await used.has('two')]).toEqual([true, false])
})

test('so it is over one Redis, be they in one process or in two', async () => {
  await using processes = await startProcesses()
  const [used, other] = processes.used
  expect(await other?.has('one')).toBe(false)
  const added = await Promise.all([used, other, used, other].map(async (process) => process?.add('one', 60_000)))
  expect(added.filter(Boolean)).toHaveLength(1)
  expect([await used?.has('one'), await other?.has('one'), await used?.has('two')]).toEqual([true, true, false])
})

test('in memory a note ends with its time', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 })
  const used = memoryUsedSignIns()
  await used.add('one', 1000)
  vi.setSystemTime(999)
  expect([await used.has('one'), await used.add('one', 1000)]).toEqual([true, false])
  vi.setSystemTime(1000)
  expect([await used.has('one'), await used.add('one', 1000)]).toEqual([false, true])
})

test('in Redis as well', async () => {
  await using processes = await startProcesses()
  const [used] = processes.used
  await used?.add('one', 1)
  await expect.poll(() => used?.has('one')).toBe(false)
})

test('a Redis that is gone is a store error', async () => {
  await using processes = await startProcesses()
  const [used] = processes.used
  await processes.redis.stop()
  await expect(used?.add('one', 1000)).rejects.toThrow(StoreError)
  await expect(used?.has('one')).rejects.toThrow(StoreError)
})

test('so is one that does not answer', async () => {
  const silent = () => new Promise<never>(() => {})
  const used = redisUsedSignIns({ set: silent, exists: silent }, 1)
  await expect(used.add('one', 1000)).rejects.toThrow(StoreError)
  await expect(used.has('one')).rejects.toThrow(StoreError)
})
