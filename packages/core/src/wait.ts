/**
 * Waits for a promise for at most `ms` milliseconds, then returns the result of `late`. No timer is left running.
 *
 * A timer that fires much too late proves nothing: the machine slept, or the process was frozen, and the result may have
 * arrived meanwhile. The wait then continues for a moment, so that the result is read first.
 *
 * @example
 * ```ts
 * import { withTimeout } from '@oauthkit/core/plugin'
 *
 * const answer = await withTimeout(Promise.resolve('in time'), 1000, () => 'too late')
 * console.log(answer) // in time
 * ```
 */
export function withTimeout<T>(promise: Promise<T>, ms: number, late: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // A timer of more than a signed 32-bit number of milliseconds would end at once.
    const wait = Math.min(ms, 2_147_483_647)
    const latest = Date.now() + wait + 500
    const end = () => resolve(Promise.resolve().then(late))
    let timer = setTimeout(() => {
      if (Date.now() > latest) timer = setTimeout(end, 250)
      else end()
    }, wait)
    void promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** The waiting callers of each signal. It is also the listener of that signal, and ends their waits. */
const waitsOf = new WeakMap<AbortSignal, Set<(reason: unknown) => void> & EventListenerObject>()

/**
 * Waits for a promise that other callers share, until the signal is aborted.
 *
 * Thousands of callers can have the same signal. It gets one listener for all of them, because a platform searches all
 * listeners each time that one is added or removed.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    const waits = waitsOf.get(signal) ?? listen(signal)
    waits.add(reject)
    void promise.then(resolve, reject).finally(() => {
      waits.delete(reject)
      if (waits.size > 0) return
      waitsOf.delete(signal)
      signal.removeEventListener('abort', waits)
    })
  })
}

function listen(signal: AbortSignal) {
  const waits = Object.assign(new Set<(reason: unknown) => void>(), {
    handleEvent: () => waits.forEach((end) => end(signal.reason)),
  })
  waitsOf.set(signal, waits)
  signal.addEventListener('abort', waits)
  return waits
}

/** Work that several callers wait for. */
export type Pending<T> = {
  /** Settles by the deadline. On Workers it can stay pending for ever, if the request that started it has ended. */
  readonly promise: Promise<T>
  /**
   * After this time, no caller waits for the promise. In milliseconds of the monotonic clock, as the timers: a wall clock
   * that is set must not start the same work a second time.
   */
  readonly deadline: number
  /** Whether a call waits for the result. At first, no call waits for work in the background. */
  isAwaited?: boolean
}

/** Wraps work that ends by itself within `ms` milliseconds. */
export function toPending<T>(promise: Promise<T>, ms: number): Pending<T> {
  // Each waiting caller gets the error. If no caller waits any more, the error must not end the process.
  promise.catch(() => {})
  // The deadline is 100 ms after the work's own timeout, so that the timeout comes first.
  return { promise, deadline: performance.now() + ms + 100 }
}

/** Whether there is work to wait for. */
export const isPending = <T>(pending: Pending<T> | undefined): pending is Pending<T> =>
  pending !== undefined && performance.now() < pending.deadline

/**
 * Waits for work that another caller started. After its deadline, runs `instead`.
 *
 * On Workers, a promise of one request can stay pending for ever in another request, so this function has its own
 * timer.
 */
export const joinPending = <T>({ promise, deadline }: Pending<T>, instead: () => Promise<T>): Promise<T> =>
  withTimeout(promise, deadline - performance.now(), instead)
