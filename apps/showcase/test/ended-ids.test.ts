import { randomBytes } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'
import { startRedis } from '../../../config/start-redis.ts'
import { memoryEndedIds } from '../src/stores/memory-ended-ids.ts'
import { redisStores } from '../src/stores/redis-stores.ts'
import { redisEndedIds } from '../src/stores/redis-ended-ids.ts'
import { StoreError } from '../src/stores/store-error.ts'

afterEach(() => void vi.useRealTimers())

/** Two processes over one Redis, and what stops them. */
async function startProcesses() {
  const redis = await startRedis()
  const open = () => redisStores({ url: redis.url, keys: [randomBytes(32).toString('base64url')], onError: () => {} })
  const processes = [await open(), await open()]
  return {
    redis,
    ended: processes.map(({ ended }) => ended),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(processes.map(({ close }) => close()))
      await redis.stop()
    },
  }
}

test('in memory, one of several callbacks at the same moment is the first', async () => {
  const ended = memoryEndedIds()
  expect(await ended.has('one')).toBe(false)
  const added = await Promise.all(Array.from({ length: 10 }, async () => ended.add('one', 60_000)))
  expect(added.filter(Boolean)).toHaveLength(1)
  expect([await ended.has('one'), await ended.has('two')]).toEqual([true, false])
})

test('the same is true over one Redis, in one process or in two', async () => {
  await using processes = await startProcesses()
  const [ended, other] = processes.ended
  expect(await other?.has('one')).toBe(false)
  const added = await Promise.all([ended, other, ended, other].map(async (process) => process?.add('one', 60_000)))
  expect(added.filter(Boolean)).toHaveLength(1)
  expect([await ended?.has('one'), await other?.has('one'), await ended?.has('two')]).toEqual([true, true, false])
})

test('in memory, an id is forgotten after its time', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 })
  const ended = memoryEndedIds()
  await ended.add('one', 1000)
  vi.setSystemTime(999)
  expect([await ended.has('one'), await ended.add('one', 1000)]).toEqual([true, false])
  vi.setSystemTime(1000)
  expect([await ended.has('one'), await ended.add('one', 1000)]).toEqual([false, true])
})

test('sign-ins that visitors end without limit do not push out an ended session', async () => {
  const ended = memoryEndedIds(10)
  await ended.add('session', 28_800_000)
  for (let number = 0; number < 50; number += 1) void ended.add(`sign-in ${number}`, 600_000)
  expect(await ended.has('session')).toBe(true)
  expect(await ended.has('sign-in 0')).toBe(false)
})

test('the same is true in Redis', async () => {
  await using processes = await startProcesses()
  const [ended] = processes.ended
  await ended?.add('one', 1)
  await expect.poll(() => ended?.has('one')).toBe(false)
})

test('a Redis that is gone makes a store error', async () => {
  await using processes = await startProcesses()
  const [ended] = processes.ended
  await processes.redis.stop()
  await expect(ended?.add('one', 1000)).rejects.toThrow(StoreError)
  await expect(ended?.has('one')).rejects.toThrow(StoreError)
})

test('a Redis that does not answer makes a store error', async () => {
  const silent = () => new Promise<never>(() => {})
  const ended = redisEndedIds({ set: silent, exists: silent }, 1)
  await expect(ended.add('one', 1000)).rejects.toThrow(StoreError)
  await expect(ended.has('one')).rejects.toThrow(StoreError)
})
