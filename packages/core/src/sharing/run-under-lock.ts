import type { TokenStore } from '../store.ts'
import { withTimeout } from '../wait.ts'

/** Tells whether the lock is still held. */
export type Lease = Parameters<Parameters<NonNullable<TokenStore['lock']>>[1]>[0]

type Task<T> = {
  readonly key: string
  readonly work: (lease?: Lease) => Promise<T>
  /** Looks whether the work is needed at all, while the lock is waited for. */
  readonly reread: () => Promise<T | undefined>
  /** How long the result waits for the lock to be given back, in milliseconds. */
  readonly timeoutMs: number
  /** Takes the error of the lock, or a reason in words. */
  readonly fail: (error: unknown) => void
}

/**
 * Runs work under the lock of a store, exactly once, whatever the lock does: a lock that fails, or that never runs the
 * work, is told of, and the work runs without a lease. The result of the work is the result of this.
 */
export async function runUnderLock<T>(
  lock: NonNullable<TokenStore['lock']>,
  { key, work, reread, timeoutMs, fail }: Task<T>,
): Promise<T> {
  let outcome: Promise<T> | undefined
  let markSettled = () => {}
  const settled = new Promise<void>((resolve) => (markSettled = resolve))
  const keep = (result: Promise<T>): Promise<T> => {
    outcome = result
    result.then(markSettled, markSettled)
    return result
  }
  const runOnce = (lease?: Lease) => outcome ?? keep(work(lease))
  const lookAgain = async () => {
    const found = outcome ? undefined : await reread()
    return found === undefined ? undefined : keep(Promise.resolve(found))
  }

  const useLock = async () => {
    try {
      await lock(key, runOnce, lookAgain)
      if (!outcome) fail('it did not run the work')
    } catch (error) {
      // The work's own error comes out of the lock, too. Any other takes nothing from the result of the work.
      if (!(await hasFailed(outcome))) fail(error)
    }
    // Waits for the result, which is not an error of the lock.
    await runOnce().catch(() => {})
  }

  const released = useLock()
  await settled
  // The result does not wait for long for the lock to be given back.
  await withTimeout(released, timeoutMs, () => {})
  return runOnce()
}

const hasFailed = async (outcome: Promise<unknown> | undefined): Promise<boolean> =>
  outcome !== undefined &&
  outcome.then(
    () => false,
    () => true,
  )
