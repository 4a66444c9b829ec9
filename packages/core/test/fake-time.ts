import { afterEach, beforeEach, expect, vi } from 'vitest'

/** Gives each test of a file a clock of its own, at the instant 1,000,000, and checks that no timer is left running. */
export function useFakeTime() {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000, toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    // The middle of the jitter, so that margins are what they are without it.
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
  })

  afterEach(() => {
    expect(vi.getTimerCount(), 'no timer is left running').toBe(0)
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  return { seconds: (count: number) => vi.advanceTimersByTimeAsync(count * 1000) }
}
