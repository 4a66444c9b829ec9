import type { Fault } from './faults.ts'
import type { Step } from './step.ts'
import { isFault, type Taken } from './choice.ts'

/** What faults make impossible to promise. */
export type Damage = {
  /** A token request may have been executed whose answer no process has stored. */
  isRedemptionLost: boolean
  /** Two processes may have had the lock. */
  isLockLost: boolean
  /** The store has lost the entry. */
  isEntryLost: boolean
}

/** A fault, and what it hit. */
type Hit = {
  readonly fault: Fault
  readonly step: Step
  /** Whether the process has a refresh token that is not in the store. */
  readonly isUnsaved: boolean
  /** Whether a token request of the process is still to arrive, or its answer. */
  readonly isSending: boolean
  /** Whether there is no other process. */
  readonly isAlone: boolean
  readonly taken: readonly Taken[]
}

/** Notes what a fault has damaged. */
export function addDamage(damage: Damage, { fault, step, isUnsaved, isSending, isAlone, taken }: Hit): void {
  const { kind, label, process } = step
  const isSent = kind === 'request'
  if (fault.startsWith('the process ends')) damage.isRedemptionLost ||= isUnsaved || (isSent && fault.includes('after'))
  if (fault === 'its answer is lost') damage.isRedemptionLost ||= isSent
  if (fault.startsWith('the process is frozen')) damage.isLockLost ||= isUnsaved || isSent || isSending
  // A wall clock that is set forward looks like a machine that slept: a lease counts as over.
  const mayHoldLock = process.hasLock || label === 'take the lock'
  if (fault === 'the clock is set forward') damage.isLockLost ||= isUnsaved || mayHoldLock
  if (fault === 'the lock is evicted') damage.isLockLost = true
  if (fault === 'the entry is evicted') damage.isEntryLost = true
  // It can end before it is extended.
  if (label === 'extend the lock') damage.isLockLost ||= isSending
  // The lock of a process that is cut off for longer than its lease ends. Then another one redeems the refresh token that
  // is still stored.
  const cuts = taken.filter(({ what }) => isFault(what) && /cut off|for a while/.test(what)).length
  if (fault.endsWith('for long') || cuts > 1) damage.isRedemptionLost ||= !isAlone
}
