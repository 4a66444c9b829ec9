/** Waits for a promise for `ms` milliseconds at most, and then does what `late` does; no timer is left running. */
export function within<T>(promise: Promise<T>, ms: number, late: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // More than a signed 32-bit number of milliseconds would be over at once.
    const timer = setTimeout(() => resolve(Promise.resolve().then(late)), Math.min(ms, 2_147_483_647))
    void promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
