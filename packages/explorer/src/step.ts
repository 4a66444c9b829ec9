/** A process of the simulation: its own clock, and its own connections. */
export type Process = {
  readonly number: number
  /** How far its wall clock is from that of the others, in milliseconds. */
  wallOffset: number
  isAlive: boolean
  hasLock: boolean
  /** The locks that it works under, as far as it knows. */
  readonly leases: Set<{ readonly signal: AbortSignal }>
  /** The refresh tokens that it has read from the store, or has written to it. */
  readonly seen: Set<string>
  /** The refresh tokens that it has sent, and to which it has got the answer. */
  readonly answered: Set<string>
  frozenUntil: number
  /** For how long it has been frozen in all, in milliseconds. */
  frozenFor: number
  /** Until when the store does not execute its commands. */
  cutUntil: number
  /** Which commands those are, and whether they wait for that time. Else they are refused. */
  cut: { readonly labels: RegExp; readonly waits: boolean }
}

/** A step of a process that is still to be taken. Between its steps, a process does what it can by itself. */
export type Step = {
  readonly process: Process
  readonly kind: 'call' | 'command' | 'request' | 'message' | 'timer'
  readonly label: string
  /** What it belongs to: a process, or a call that has not begun. The steps of a lane keep their order. */
  readonly lane: string
  readonly id: number
  /** When it can be taken at the earliest, in milliseconds of the monotonic clock. */
  readonly at: number
  /** Does the work outside of the process, and returns the function that gives the process the result. */
  readonly perform: () => () => void
  /** Gives the process an error instead. */
  readonly fail: (error: Error) => void
}

export function createProcess(number: number): Process {
  return {
    number,
    wallOffset: 0,
    isAlive: true,
    hasLock: false,
    leases: new Set(),
    seen: new Set(),
    answered: new Set(),
    frozenUntil: 0,
    frozenFor: 0,
    cutUntil: 0,
    cut: { labels: /./, waits: false },
  }
}
