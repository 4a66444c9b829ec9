import type { Fault } from './faults.ts'

/** What can be decided at a step, if not the usual: that another lane goes first, or that something goes wrong. */
export type What = `run ${string}` | Fault

/** A decision at a step. Steps are counted from the beginning of the race. */
export type Choice = { readonly at: number; readonly what: What }

/** Decides what happens at a step. */
export type Decide = (at: number, whats: readonly What[]) => What | undefined

/** A step that was taken. */
export type Taken = {
  readonly at: number
  readonly process: number
  readonly label: string
  readonly what: What | undefined
}

/** A refresh token that a process sends, and what is known at that moment. */
export type Sent = {
  readonly process: number
  readonly refreshToken: string
  /** Whether the process has sent it before, and has got the answer. */
  readonly isAgain: boolean
  /** Whether the process has the lock, or has never seen it in the store. */
  readonly isAllowed: boolean
}

/** A refresh token that a process removes from the store. */
export type Removed = {
  readonly process: number
  /** Whether the process has the lock, as far as it knows. */
  readonly hasLease: boolean
}

/** Whether something goes wrong. Else, only another lane goes first. */
export const isFault = (what: What | undefined): what is Fault => what !== undefined && !what.startsWith('run ')
