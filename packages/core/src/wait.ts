/** Waits for a promise for at most `ms` milliseconds, then returns the result of `late`. No timer is left running. */
export function withTimeout<T>(promise: Promise<T>, ms: number, late: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // A timer of more than a signed 32-bit number of milliseconds would end at once.
    const timer = setTimeout(() => resolve(Promise.resolve().then(late)), Math.min(ms, 2_147_483_647))
    void promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Waits for a promise that other callers share, until the signal is aborted. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Work that several callers wait for. */
export type Pending<T> = {
  /** Settles by the deadline. On Workers it can stay pending for ever, if the request that started it has ended. */
  readonly promise: Promise<T>
  /** After this time, no caller waits for the promise. In milliseconds since the epoch. */
  readonly deadline: number
}

/** Wraps work that may take `ms` milliseconds. After that, the result is that of `late`. */
export function startPending<T>(work: Promise<T>, ms: number, late: () => T): Pending<T> {
  return toPending(withTimeout(work, ms, late), ms)
}

/** Wraps work that ends by itself within `ms` milliseconds. */
export function toPending<T>(promise: Promise<T>, ms: number): Pending<T> {
  // Each waiting caller gets the error. If no caller waits any more, the error must not end the process.
  promise.catch(() => {})
  // The deadline is 100 ms after the work's own timeout, so that the timeout comes first.
  return { promise, deadline: Date.now() + ms + 100 }
}

/** Whether there is work to wait for. */
export const isPending = <T>(pending: Pending<T> | undefined, now: number = Date.now()): pending is Pending<T> =>
  pending !== undefined && now < pending.deadline

/**
 * Waits for work that another caller started. After its deadline, runs `instead`.
 *
 * On Workers, a promise of one request can stay pending for ever in another request, so this function has its own
 * timer.
 */
export const joinPending = <T>({ promise, deadline }: Pending<T>, instead: () => Promise<T>): Promise<T> =>
  withTimeout(promise, deadline - Date.now(), instead)
