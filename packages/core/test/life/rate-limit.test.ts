import { expect, test } from 'vitest'
import { createRateLimit, returnPermit, takePermit } from '../../src/life/rate-limit.ts'

const now = 1_000_000

/** Takes all permits that are available, and counts them. */
function drain(limit: ReturnType<typeof createRateLimit>, at: number): number {
  let count = 0
  while (takePermit(limit, 'token', at)) count += 1
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

/** Keeps a token that a rejection forced. */
const force = (limit: ReturnType<typeof createRateLimit>, forced: string, forcedAt: number) =>
  Object.assign(limit, { forced, forcedAt })

/** Rejects each new token as soon as it is there, from `at` on, and returns the seconds of the renewals. */
function rejectAll(limit: ReturnType<typeof createRateLimit>, at: number, lastsMs: number, count: number): number[] {
  const renewals: number[] = []
  let token = 0
  let next = at
  for (let ms = at; renewals.length < count && ms < at + 40_000_000; ms += 1000) {
    if (ms < next) continue
    if (!takePermit(limit, `token-${token}`, ms)) continue
    token += 1
    force(limit, `token-${token}`, ms)
    renewals.push((ms - at) / 1000)
    next = ms + lastsMs
  }
  return renewals
}

test('if each new token is rejected at once, the interval doubles, up to an hour', () => {
  const seconds = rejectAll(createRateLimit(now), now, 1000, 14)
  const gaps = seconds.slice(1).map((second, index) => second - (seconds[index] ?? 0))
  expect(gaps.slice(0, 2)).toEqual([1, 1])
  expect(gaps.slice(2).map((gap) => Math.round(gap / 30) * 30)).toEqual([
    30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600,
  ])
})

test('a token that lasts for 30 s resets the interval, one that lasts for less does not', () => {
  const limit = createRateLimit(now)
  rejectAll(limit, now, 1000, 6)
  expect(limit.intervalMs).toBeGreaterThan(60_000)
  takePermit(limit, 'other', now + 10_000_000)
  force(limit, 'lasting', now + 10_000_000)
  takePermit(limit, 'lasting', now + 10_029_999)
  expect(limit.intervalMs).toBeGreaterThan(60_000)
  takePermit(limit, 'other', now + 20_000_000)
  force(limit, 'lasting', now + 20_000_000)
  takePermit(limit, 'lasting', now + 20_030_000)
  expect(limit.intervalMs).toBe(30_000)
})

test('a token counts once, however often it is rejected', () => {
  const limit = createRateLimit(now)
  drain(limit, now)
  takePermit(limit, 'first', now + 30_000)
  force(limit, 'forced', now + 30_000)
  for (let call = 0; call < 10; call += 1) takePermit(limit, 'forced', now + 30_100)
  expect(limit.intervalMs).toBe(60_000)
})
