/** Waits for a promise for `ms` milliseconds at most, then does what `late` does; no timer is left running. */
export function withTimeout<T>(promise: Promise<T>, ms: number, late: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // More than a signed 32-bit number of milliseconds would be over at once.
    const timer = setTimeout(() => resolve(Promise.resolve().then(late)), Math.min(ms, 2_147_483_647))
    void promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Waits for a promise that others share, until the signal is aborted. */
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
  /** Settles by the deadline. On Workers it may stay open for ever, if the request that started it has ended. */
  readonly promise: Promise<T>
  /** After this instant it is not waited for any more, in milliseconds since the epoch. */
  readonly deadline: number
}

/** Starts work that may take `ms` milliseconds; after that, `late` decides what comes of it. */
export function startPending<T>(work: Promise<T>, ms: number, late: () => T): Pending<T> {
  return toPending(withTimeout(work, ms, late), ms)
}

/** Work that ends by itself within `ms` milliseconds. */
export function toPending<T>(promise: Promise<T>, ms: number): Pending<T> {
  // All who wait see the error. If none waits any more, that must not end the process.
  promise.catch(() => {})
  // 100 ms more than the work has, so that its own time-out comes first.
  return { promise, deadline: Date.now() + ms + 100 }
}

/** Whether there is work to wait for. */
export const isPending = <T>(pending: Pending<T> | undefined, now: number = Date.now()): pending is Pending<T> =>
  pending !== undefined && now < pending.deadline

/**
 * Waits for work that another caller started, and does `instead` once its deadline is over.
 *
 * On Workers a promise of one request may never settle in another one: hence a timer of one's own.
 */
export const joinPending = <T>({ promise, deadline }: Pending<T>, instead: () => Promise<T>): Promise<T> =>
  withTimeout(promise, deadline - Date.now(), instead)
