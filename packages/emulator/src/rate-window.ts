import type { Clock } from './clock.ts'

/** A limit on how many requests may come in a stretch of time that slides along. */
export type RateWindow = {
  /** Counts a request and tells whether it is within the limit; one beyond it is not counted. */
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
