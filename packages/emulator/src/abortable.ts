/** Waits for `work`, or rejects with the signal's reason as soon as it is aborted; the work itself goes on. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    // Both ways out take the listener off: one signal may outlive thousands of requests.
    const settle = () => signal.removeEventListener('abort', abort)
    work.then(resolve, reject).then(settle, settle)
  })
}
