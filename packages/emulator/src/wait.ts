/**
 * Waits for `work`, or rejects with the signal's reason as soon as the signal is aborted. The work itself continues.
 */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    // Success and failure both remove the listener: one signal can outlive thousands of requests.
    const settle = () => signal.removeEventListener('abort', abort)
    work.then(resolve, reject).then(settle, settle)
  })
}

/** Waits for `ms` milliseconds of real time, or rejects with the signal's reason. Leaves no timer running. */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    await abortable(elapsed, signal)
  } finally {
    clearTimeout(timer)
  }
}
