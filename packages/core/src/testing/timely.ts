/** The platform's own timers, even if a test replaces them later. */
const { setTimeout, clearTimeout } = globalThis

/** Waits for some milliseconds. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

/**
 * Waits for at most `ms` milliseconds. A promise that never settles then fails with a message, before the runner's
 * limit.
 */
export function timely<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} within ${ms} ms`)), ms)
    void promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** A promise that is resolved from outside. */
export function createGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open!: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}
