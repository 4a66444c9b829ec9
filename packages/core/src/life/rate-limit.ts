/** A rate limit for the renewals that rejected tokens force: a few permits at once, then one more at intervals. */
export type RateLimit = {
  /** How many permits are free. */
  permits: number
  /** When `permits` was counted last, in milliseconds since the epoch. */
  countedAt: number
  /** The time between two permits, in milliseconds. */
  intervalMs: number
  /** The last token that was requested because of a rejection. `undefined` after it was rejected itself. */
  forced: string | undefined
  /** When that token was issued, in milliseconds since the epoch. */
  forcedAt: number
  /** Whether the last permit had to be waited for. */
  isSpaced: boolean
}

/** Three at once, then one every 30 s. */
const burst = 3
const shortestMs = 30_000

/** Makes a rate limit whose permits are all free. */
export const createRateLimit = (now: number): RateLimit => ({
  permits: burst,
  countedAt: now,
  intervalMs: shortestMs,
  forced: undefined,
  forcedAt: now,
  isSpaced: false,
})

/**
 * Takes a permit to renew a rejected token. Returns `false` if none is free.
 *
 * If a token is itself rejected within 30 s, new tokens do not help: if its permit had to be waited for, the interval
 * doubles, up to an hour. If a token is rejected later than that, the interval is 30 s again.
 */
export function takePermit(limit: RateLimit, rejected: string, now: number): boolean {
  if (limit.forced === rejected) {
    limit.forced = undefined
    if (now - limit.forcedAt >= shortestMs) limit.intervalMs = shortestMs
    else if (limit.isSpaced) limit.intervalMs = Math.min(2 * limit.intervalMs, 3_600_000)
  }
  // A clock that was set back must not stop the refill.
  const countedAt = Math.min(limit.countedAt, now)
  const refilled = Math.floor((now - countedAt) / limit.intervalMs)
  limit.permits = Math.min(burst, limit.permits + refilled)
  limit.countedAt = limit.permits === burst ? now : countedAt + refilled * limit.intervalMs
  if (limit.permits === 0) return false
  limit.permits -= 1
  limit.isSpaced = refilled > 0 && limit.permits === 0
  return true
}

/** Returns a permit that was not needed. */
export function returnPermit(limit: RateLimit): void {
  limit.permits += 1
}
