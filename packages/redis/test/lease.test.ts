import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLease } from '../src/lease.ts'
import { startStopwatch } from '../src/stopwatch.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
})

afterEach(() => {
  vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

const start = (extend: () => Promise<boolean>) => {
  const asked = vi.fn<() => Promise<boolean>>(extend)
  return { lease: createLease(startStopwatch(), 3000, asked), asked }
}

test('is extended each third of its time, and holds for as long as it is', async () => {
  const { lease, asked } = start(async () => true)
  await pass(60_000)
  expect(asked).toHaveBeenCalledTimes(60)
  expect(lease.signal.aborted).toBe(false)
  lease.end()
})

test('that cannot be extended any more is over at once', async () => {
  const { lease } = start(async () => false)
  await pass(999)
  expect(lease.signal.aborted).toBe(false)
  await pass(1)
  expect(lease.signal.aborted).toBe(true)
  lease.end()
})

test('of a Redis that is down ends with its time, unless Redis comes back before', async () => {
  let isDown = true
  const { lease } = start(async () => {
    if (isDown) throw new Error('down')
    return true
  })
  await pass(2999)
  expect(lease.signal.aborted).toBe(false)
  await pass(1)
  expect(lease.signal.aborted).toBe(true)
  lease.end()
  const second = start(async () => {
    if (isDown) throw new Error('down')
    return true
  })
  await pass(1500)
  isDown = false
  await pass(3000)
  expect(second.lease.signal.aborted).toBe(false)
  second.lease.end()
})

test('counts from when it was asked for, not from when Redis answered', async () => {
  let answer!: (isExtended: boolean) => void
  let count = 0
  const { lease } = start(() => {
    count += 1
    return count === 1 ? new Promise<boolean>((resolve) => (answer = resolve)) : Promise.reject(new Error('down'))
  })
  await pass(1900)
  answer(true)
  // Asked for after 1000 ms.
  await pass(2099)
  expect(lease.signal.aborted).toBe(false)
  await pass(1)
  expect(lease.signal.aborted).toBe(true)
  lease.end()
})

test.each([
  ['process that stood still', 'performance'],
  ['machine that was asleep', 'Date'],
] as const)('of a %s is over before any timer says so', (_what, name) => {
  const { lease } = start(async () => true)
  const clock = globalThis[name]
  vi.spyOn(clock, 'now').mockReturnValue(clock.now() + 3000)
  expect(lease.signal.aborted).toBe(true)
  lease.end()
  vi.restoreAllMocks()
})

test('that has ended leaves no timer, and is not extended', async () => {
  const { lease, asked } = start(async () => true)
  lease.end()
  expect(vi.getTimerCount()).toBe(0)
  await pass(10_000)
  expect(asked).not.toHaveBeenCalled()
})

test('that ends while it is being extended leaves no timer either', async () => {
  let answer!: (isExtended: boolean) => void
  const { lease } = start(() => new Promise<boolean>((resolve) => (answer = resolve)))
  await pass(1000)
  lease.end()
  answer(true)
  await pass(0)
  expect(vi.getTimerCount()).toBe(0)
})

test.each([
  ['since Redis said so', 1, async () => false],
  ['since Redis did not answer', 2, () => Promise.reject(new Error('down'))],
])('that was lost %s is not extended any more: who lost it may wait for it', async (_why, times, extend) => {
  const { asked } = start(extend)
  await pass(3000)
  expect(asked).toHaveBeenCalledTimes(times)
  expect(vi.getTimerCount()).toBe(0)
  await pass(10_000)
  expect(asked).toHaveBeenCalledTimes(times)
})
