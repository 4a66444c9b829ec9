import { within } from './wait.ts'

/** Work that several callers wait for. */
export type Flight<T> = {
  /** Settles by the deadline, unless whatever runs it is gone. */
  readonly promise: Promise<T>
  /** From when on it is of no account any more, in milliseconds since the epoch. */
  readonly deadline: number
}

/** A little later than the limit, so that it is the work's own timer which ends the wait, and not one that joined it. */
export const deadlineIn = (limitMs: number): number => Date.now() + limitMs + 100

/** Starts work that may take `limitMs`; after that, `late` says what becomes of it. */
export function startFlight<T>(work: Promise<T>, limitMs: number, late: () => T): Flight<T> {
  const promise = within(work, limitMs, late)
  // Whoever waits sees an error; that nobody may be waiting any more is no reason to end the process.
  promise.catch(() => {})
  return { promise, deadline: deadlineIn(limitMs) }
}

/** Says whether there is a flight to wait for. */
export const isInFlight = <T>(flight: Flight<T> | undefined): flight is Flight<T> =>
  flight !== undefined && Date.now() < flight.deadline

/**
 * Waits for somebody else's flight, and does `instead` once its deadline is over.
 *
 * On Workers a promise of one request may never settle for another: hence a timer of one's own.
 */
export const joinFlight = <T>({ promise, deadline }: Flight<T>, instead: () => Promise<T>): Promise<T> =>
  within(promise, deadline - Date.now(), instead)
