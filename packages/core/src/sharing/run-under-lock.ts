import type { TokenStore } from '../store.ts'
import { withTimeout } from '../wait.ts'

/** Shows whether the lock is still held. */
export type Lease = Parameters<Parameters<NonNullable<TokenStore['lock']>>[1]>[0]

/** What the work under a lock gets. */
export type Turn = {
  /** `undefined` if there is no lock. */
  readonly lease: Lease | undefined
  /** Holds the lock until the promise settles. Callers get the result of the work before that. */
  readonly hold: (until: Promise<unknown>) => void
}

/** The work under a lock. */
export type Work<T> = (turn: Turn) => Promise<T>

/** The result if the lock was not granted in time. `isSilent`: the store showed no sign of life. */
export type Busy = { readonly type: 'busy'; readonly isSilent: boolean }

type Task<T> = {
  readonly key: string
  readonly work: Work<T>
  /** Looks for a result during the wait for the lock. If it finds one, the work is not needed. */
  readonly reread: () => Promise<T | undefined>
  /** How long to wait for the lock, in milliseconds. `undefined`: as long as the store waits. */
  readonly patienceMs: number | undefined
  /** How long to wait for the release of the lock after there is a result, in milliseconds. */
  readonly timeoutMs: number
  /** Reports the error of the lock, or a reason in words. */
  readonly fail: (error: unknown) => void
}

/**
 * Runs work under the lock of a store, and returns its result.
 *
 * The work runs at most once. If `reread` finds a result first, or the wait takes longer than `patienceMs`, the work
 * does not run. If the lock fails, `fail` reports it, and the work runs without a lease.
 */
export async function runUnderLock<T>(
  lock: NonNullable<TokenStore['lock']>,
  { key, work, reread, patienceMs, timeoutMs, fail }: Task<T>,
): Promise<T | Busy> {
  /** The result, after the work has started, `reread` has found one, or the wait was too long. */
  let outcome: Promise<T | Busy> | undefined
  let held: Promise<unknown> | undefined
  let isSilent = true
  let markSettled = () => {}
  const settled = new Promise<void>((resolve) => (markSettled = resolve))
  const keep = (result: Promise<T | Busy>): Promise<T | Busy> => {
    outcome = result
    result.then(markSettled, markSettled)
    return result
  }
  /** Starts the work, unless there is a result already. */
  const runOnce = (lease?: Lease) => outcome ?? keep(work({ lease, hold: (until) => (held = until) }))
  const runAndHold = async (lease: Lease) => {
    const result = await runOnce(lease)
    await held
    return result
  }
  const lookAgain = async () => {
    isSilent = false
    const found = outcome ? undefined : await reread()
    // The lock may have started the work meanwhile. If it was not granted in time, its wait ends here.
    if (outcome) return isGivenUp ? outcome : undefined
    return found === undefined ? undefined : keep(Promise.resolve(found))
  }

  const useLock = async () => {
    try {
      await lock(key, runAndHold, lookAgain)
      if (!outcome) fail('it did not run the work')
    } catch (error) {
      // The lock also rejects if the work fails. That is not an error of the lock.
      if (!(await hasFailed(outcome))) fail(error)
    }
    // Runs the work without a lease if the lock did not run it.
    await runOnce().catch(() => {})
  }

  let isGivenUp = false
  const released = useLock()
  if (patienceMs !== undefined) {
    await withTimeout(settled, patienceMs, () => {
      if (outcome) return
      isGivenUp = true
      if (isSilent) fail(`no answer within ${patienceMs} ms`)
      void keep(Promise.resolve({ type: 'busy', isSilent }))
    })
  }
  await settled
  // A lock that is never released, or that is held for longer, must not hold up the result.
  if (!held && !isGivenUp) await withTimeout(released, timeoutMs, () => {})
  return runOnce()
}

const hasFailed = async (outcome: Promise<unknown> | undefined): Promise<boolean> =>
  outcome !== undefined &&
  outcome.then(
    () => false,
    () => true,
  )
