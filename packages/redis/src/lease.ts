import { startStopwatch } from './stopwatch.ts'

/** A lock that expires after a while, unless its holder extends it. */
export type Lease = {
  /** Aborted when the lease is over. Each read checks the clock too, because timers are late in a suspended process. */
  readonly signal: AbortSignal
  /** Stops extending the lease. */
  readonly end: () => void
}

/**
 * Starts a lease, and extends it after each third of its time.
 *
 * @param sinceAsked - measures from just before the lock was requested, so that the lease ends here before it ends in
 * Redis.
 * @param extend - returns whether Redis extended the lock. After a rejection, the next attempt can still be in time.
 */
export function createLease(sinceAsked: () => number, leaseMs: number, extend: () => Promise<boolean>): Lease {
  const controller = new AbortController()
  let age = sinceAsked
  let isOver = false
  const end = () => {
    isOver = true
    clearInterval(extending)
    clearTimeout(ending)
  }
  // Redis may still have the lock, but it must expire there too: the caller that lost it can be waiting for it.
  const lose = () => {
    end()
    controller.abort(new Error('the lock was lost'))
  }
  const untilEnd = () => Math.max(leaseMs - age(), 0)
  let ending = unref(setTimeout(lose, untilEnd()))

  const keep = async () => {
    const sinceExtended = startStopwatch()
    const isExtended = await extend().catch(() => undefined)
    if (isExtended === undefined || isOver) return
    if (!isExtended) return lose()
    age = sinceExtended
    clearTimeout(ending)
    ending = unref(setTimeout(lose, untilEnd()))
  }
  const extending = unref(setInterval(keep, leaseMs / 3))

  return {
    get signal() {
      if (untilEnd() === 0) lose()
      return controller.signal
    },
    end,
  }
}

/** Lets the process exit while the timer runs, if the runtime supports that. */
function unref<T>(timer: T): T {
  ;(timer as { unref?: () => void }).unref?.()
  return timer
}
