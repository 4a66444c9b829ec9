/** The one clock that every emulated provider reads. */
export type Clock = {
  /** The emulated time, in milliseconds since the epoch: `Date.now()` plus all that was advanced. */
  readonly now: () => number
  /**
   * Moves the emulated time forward, so that tokens expire without anybody waiting.
   *
   * @param ms - In milliseconds; there is no way back.
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
