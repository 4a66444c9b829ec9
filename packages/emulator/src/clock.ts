/** The one clock that all emulated providers use. */
export type Clock = {
  /** The emulated time, in milliseconds since the epoch: `Date.now()` plus all advances. */
  readonly now: () => number
  /**
   * Moves the emulated time forward, so that tokens expire without waiting.
   *
   * @param ms - In milliseconds. The clock cannot move back.
   * @throws `RangeError` if it is negative or not finite.
   */
  readonly advance: (ms: number) => void
}

/** Makes a clock that starts at the real time. */
export function createClock(): Clock {
  let advancedMs = 0
  return {
    now: () => Date.now() + advancedMs,
    advance: (ms) => {
      if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`Cannot advance the clock by ${ms} ms`)
      advancedMs += ms
    },
  }
}

/** Limits how many requests are admitted in a sliding window of time. */
export type RateWindow = {
  /** Returns whether a request is within the limit, and counts it if so. */
  readonly admit: () => boolean
  /** Forgets all requests. */
  readonly reset: () => void
}

/** Makes a window that admits `limit()` requests in any `spanMs` milliseconds. */
export function createRateWindow(clock: Clock, limit: () => number, spanMs: number): RateWindow {
  let admitted: number[] = []
  return {
    admit: () => {
      const now = clock.now()
      admitted = admitted.filter((at) => at > now - spanMs)
      if (admitted.length >= limit()) return false
      admitted.push(now)
      return true
    },
    reset: () => {
      admitted = []
    },
  }
}
