import { expect, test } from 'vitest'
import { createRateLimit, returnPermit, takePermit } from '../../src/life/rate-limit.ts'

const now = 1_000_000

/** Takes all permits that are available, and counts them. */
function drain(limit: ReturnType<typeof createRateLimit>, at: number): number {
  let count = 0
  while (takePermit(limit, at)) count += 1
  return count
}

test('three permits are available at once, then one every 30 s', () => {
  const limit = createRateLimit(now)
  expect(drain(limit, now)).toBe(3)
  expect(drain(limit, now + 29_999)).toBe(0)
  expect(drain(limit, now + 30_000)).toBe(1)
  expect(drain(limit, now + 89_999)).toBe(1)
  expect(drain(limit, now + 90_000)).toBe(1)
})

test('at most three permits are saved up, even if a long time passes without one', () => {
  const limit = createRateLimit(now)
  drain(limit, now)
  expect(drain(limit, now + 3_600_000)).toBe(3)
  expect(drain(limit, now + 3_600_000 + 29_999)).toBe(0)
})

test('a permit that was returned can be taken again', () => {
  const limit = createRateLimit(now)
  drain(limit, now)
  returnPermit(limit)
  expect(drain(limit, now)).toBe(1)
})

test('a clock that was set back does not stop the refill', () => {
  const limit = createRateLimit(now)
  drain(limit, now)
  expect(drain(limit, now - 3_600_000)).toBe(0)
  expect(drain(limit, now - 3_600_000 + 30_000)).toBe(1)
})
