import type { Attempt, Outcome } from '../life/token-cache.ts'
import type { TokenState } from '../life/state.ts'
import { pause } from '../pause.ts'
import type { GuardedStore } from './guarded-store.ts'
import type { Work } from './run-under-lock.ts'
import type { StoreView } from './store-view.ts'

/** The result of one round of a renewal. `again` means: start over. */
export type Step = Outcome | 'again'

type Task = {
  readonly store: GuardedStore
  readonly state: TokenState
  readonly attempt: Attempt
  readonly view: StoreView
  /** One round: it renews the token with or without a lock. `isLastLock`: a failed lock is not tried again. */
  readonly round: (isLastLock: boolean) => Work<Step>
  /** Whether the grant requests the token by itself, without a refresh token. Then it is not worth a long wait. */
  readonly isSimple: () => boolean
  /** How long such a token waits for a lock, in milliseconds. */
  readonly patienceMs: number
}

/**
 * Renews under the lock, so that one process does so at a time. Starts over if the lock was lost, or the stored token
 * was replaced.
 *
 * A token that the grant requests by itself is not worth a long wait, because the holder of the lock may be dead. After
 * `patienceMs`, the processes wait for a second lock, then for a third one, so that only one of them at a time continues.
 * If the store does not answer about two locks in a row, it is requested without one.
 */
export async function renewInTurn(task: Task): Promise<Outcome> {
  const { store, state, attempt, view, round, isSimple, patienceMs } = task
  let locks = 0
  let number = 1
  let silentLocks = 0
  for (;;) {
    // If the store cannot be read, a wait for its lock makes no sense.
    const mayLock = view.stored !== undefined && silentLocks < 2
    if (mayLock) locks += 1
    const work = round(locks >= 2)
    const key = number > 1 ? `${state.key}:${number}` : state.key
    // oxlint-disable no-await-in-loop -- the lock is released before it is taken again
    const step = mayLock
      ? await store.lock(key, work, view.read, isSimple() ? patienceMs : undefined)
      : await work({ lease: undefined, hold: () => {} })
    if (step === 'again') {
      // A store can lose each lock as soon as it grants it.
      if (locks > 2) await pause(250)
      continue
    }
    if (step.type !== 'busy') return step
    number += 1
    silentLocks = step.isSilent ? silentLocks + 1 : 0
    attempt.checkCurrent()
    const newer = await view.read()
    if (newer) return newer
    // oxlint-enable no-await-in-loop
  }
}
