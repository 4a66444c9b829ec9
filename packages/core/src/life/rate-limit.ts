/** A rate limit with a burst: a few permits at once, then one more at fixed intervals. */
export type RateLimit = {
  /** How many permits are free. */
  permits: number
  /** When `permits` was counted last, in milliseconds since the epoch. */
  countedAt: number
}

/** Three at once, then one every 30 s. */
const burst = 3
const refillMs = 30_000

/** Makes a rate limit whose permits are all free. */
export const createRateLimit = (now: number): RateLimit => ({ permits: burst, countedAt: now })

/** Takes a permit. Returns `false` if none is free. */
export function takePermit(limit: RateLimit, now: number): boolean {
  // A clock that was set back must not stop the refill.
  const countedAt = Math.min(limit.countedAt, now)
  const refilled = Math.floor((now - countedAt) / refillMs)
  limit.permits = Math.min(burst, limit.permits + refilled)
  limit.countedAt = limit.permits === burst ? now : countedAt + refilled * refillMs
  if (limit.permits === 0) return false
  limit.permits -= 1
  return true
}

/** Returns a permit that was not needed. */
export function returnPermit(limit: RateLimit): void {
  limit.permits += 1
}
