/** Waits for some milliseconds. With `isIdle`, the process may end meanwhile, if the runtime supports that. */
export const pause = (ms: number, isIdle = false): Promise<void> =>
  new Promise((resolve) => {
    const timer: { unref?: () => void } | number = setTimeout(resolve, ms)
    if (isIdle && typeof timer === 'object') timer.unref?.()
  })
