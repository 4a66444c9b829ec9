import { startStopwatch } from './stopwatch.ts'

/** A lock that is held for a while, and for longer as long as it is extended. */
export type Lease = {
  /** Aborted once it is over; asked, it looks at the clock, since a process that stood still has timers that are late. */
  readonly signal: AbortSignal
  /** Stops extending it. */
  readonly end: () => void
}

/**
 * Keeps a lease, by extending it each third of its time.
 *
 * @param sinceAsked - measures from before it was asked for, so that it ends here before it does there.
 * @param extend - says whether it could be extended; a failure is no loss yet, since the next attempt may come in time.
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
  // What is over here must end there too, even if Redis still has it: who lost it may be waiting for it.
  const lose = () => {
    end()
    controller.abort(new Error('the lock was lost'))
  }
  const untilEnd = () => leaseMs - age()
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
      if (untilEnd() <= 0) lose()
      return controller.signal
    },
    end,
  }
}

/** A timer that does not keep a process alive, where there are such. */
function unref<T>(timer: T): T {
  ;(timer as { unref?: () => void }).unref?.()
  return timer
}
