import { afterEach, beforeEach, expect, vi } from 'vitest'

/** Gives each test of a file its own clock, which starts at 1,000,000, and checks that no timer is left running. */
export function useFakeTime() {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 })
    // The middle of the jitter's range, so that the jitter does not change the margins.
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
  })

  afterEach(() => {
    expect(vi.getTimerCount(), 'no timer is left running').toBe(0)
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  return { seconds: (count: number) => vi.advanceTimersByTimeAsync(count * 1000) }
}
