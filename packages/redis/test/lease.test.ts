import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLease } from '../src/lease.ts'
import { startStopwatch } from '../src/stopwatch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

const start = (extend: () => Promise<boolean>) => {
  const asked = vi.fn<() => Promise<boolean>>(extend)
  return { lease: createLease(startStopwatch(), 3000, asked), asked }
}

test('a lease is extended after each third of its time, and holds while it is extended', async () => {
  const { lease, asked } = start(async () => true)
  await pass(60_000)
  expect(asked).toHaveBeenCalledTimes(60)
  expect(lease.signal.aborted).toBe(false)
  lease.end()
})

test('a lease that Redis does not extend any more is over at once', async () => {
  const { lease } = start(async () => false)
  await pass(999)
  expect(lease.signal.aborted).toBe(false)
  await pass(1)
  expect(lease.signal.aborted).toBe(true)
  lease.end()
})

test('a lease expires while Redis is down, unless Redis comes back before that', async () => {
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

test('the time of a lease starts with the request, not with the answer of Redis', async () => {
  let answer!: (isExtended: boolean) => void
  let count = 0
  const { lease } = start(() => {
    count += 1
    return count === 1 ? new Promise<boolean>((resolve) => (answer = resolve)) : Promise.reject(new Error('down'))
  })
  await pass(1900)
  answer(true)
  // The extension was requested after 1000 ms.
  await pass(2099)
  expect(lease.signal.aborted).toBe(false)
  await pass(1)
  expect(lease.signal.aborted).toBe(true)
  lease.end()
})

test.each([
  ['process that was suspended', 'performance'],
  ['machine that was asleep', 'Date'],
] as const)('a lease of a %s is over before its timer fires', (_what, name) => {
  const { lease } = start(async () => true)
  const clock = globalThis[name]
  vi.spyOn(clock, 'now').mockReturnValue(clock.now() + 3000)
  expect(lease.signal.aborted).toBe(true)
  lease.end()
  vi.restoreAllMocks()
})

test('a lease whose time is over before it starts is lost, and sets no timer for a time that has passed', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout')
  const lease = createLease(
    () => 60_000,
    3000,
    async () => true,
  )
  expect(timers).toHaveBeenCalledWith(expect.any(Function), 0)
  expect(lease.signal.aborted).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
  vi.restoreAllMocks()
})

test('a lease that was ended leaves no timer, and is not extended', async () => {
  const { lease, asked } = start(async () => true)
  lease.end()
  expect(vi.getTimerCount()).toBe(0)
  await pass(10_000)
  expect(asked).not.toHaveBeenCalled()
})

test('a lease that was ended during an extension leaves no timer either', async () => {
  let answer!: (isExtended: boolean) => void
  const { lease } = start(() => new Promise<boolean>((resolve) => (answer = resolve)))
  await pass(1000)
  lease.end()
  answer(true)
  await pass(0)
  expect(vi.getTimerCount()).toBe(0)
})

test.each([
  ['Redis did not extend it', 1, async () => false],
  ['Redis did not answer', 2, () => Promise.reject(new Error('down'))],
])('a lost lease is not extended any more, so that its caller can wait for it: %s', async (_why, times, extend) => {
  const { asked } = start(extend)
  await pass(3000)
  expect(asked).toHaveBeenCalledTimes(times)
  expect(vi.getTimerCount()).toBe(0)
  await pass(10_000)
  expect(asked).toHaveBeenCalledTimes(times)
})
