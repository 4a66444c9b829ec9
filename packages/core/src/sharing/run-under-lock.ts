import type { TokenStore } from '../store.ts'
import { withTimeout } from '../wait.ts'

/** Shows whether the lock is still held. */
export type Lease = Parameters<Parameters<NonNullable<TokenStore['lock']>>[1]>[0]

type Task<T> = {
  readonly key: string
  readonly work: (lease?: Lease) => Promise<T>
  /** Looks for a result during the wait for the lock. If it finds one, the work is not needed. */
  readonly reread: () => Promise<T | undefined>
  /** How long to wait for the release of the lock after there is a result, in milliseconds. */
  readonly timeoutMs: number
  /** Reports the error of the lock, or a reason in words. */
  readonly fail: (error: unknown) => void
}

/**
 * Runs work under the lock of a store, and returns its result.
 *
 * The work runs at most once. If `reread` finds a result first, the work does not run, and that result is returned. If
 * the lock fails, `fail` reports it, and the work runs without a lease.
 */
export async function runUnderLock<T>(
  lock: NonNullable<TokenStore['lock']>,
  { key, work, reread, timeoutMs, fail }: Task<T>,
): Promise<T> {
  /** The result, after the work has started or `reread` has found one. */
  let outcome: Promise<T> | undefined
  let markSettled = () => {}
  const settled = new Promise<void>((resolve) => (markSettled = resolve))
  const keep = (result: Promise<T>): Promise<T> => {
    outcome = result
    result.then(markSettled, markSettled)
    return result
  }
  /** Starts the work, unless there is a result already. */
  const runOnce = (lease?: Lease) => outcome ?? keep(work(lease))
  const lookAgain = async () => {
    const found = outcome ? undefined : await reread()
    // The lock may have started the work meanwhile.
    return found === undefined || outcome ? undefined : keep(Promise.resolve(found))
  }

  const useLock = async () => {
    try {
      await lock(key, runOnce, lookAgain)
      if (!outcome) fail('it did not run the work')
    } catch (error) {
      // The lock also rejects if the work fails. That is not an error of the lock.
      if (!(await hasFailed(outcome))) fail(error)
    }
    // Runs the work without a lease if the lock did not run it.
    await runOnce().catch(() => {})
  }

  const released = useLock()
  await settled
  // A lock that is never released must not hold up the result.
  await withTimeout(released, timeoutMs, () => {})
  return runOnce()
}

const hasFailed = async (outcome: Promise<unknown> | undefined): Promise<boolean> =>
  outcome !== undefined &&
  outcome.then(
    () => false,
    () => true,
  )
