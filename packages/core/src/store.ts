import type { Token } from './token.ts'

/**
 * Where tokens are kept between processes and restarts: a `Map` is one, a `Keyv` is one.
 *
 * Each method may be synchronous or return a promise. Values are plain JSON.
 */
export type TokenStore = {
  /** Reads the token under a key; `undefined` or `null` when there is none. */
  get(key: string): unknown
  /** Writes a token. `ttlMs` is how long it is of use, in milliseconds; absent: until it is deleted. */
  set(key: string, token: Token, ttlMs?: number): unknown
  /** Removes a token; none under that key is no error. */
  delete(key: string): unknown
  /**
   * Runs `work` while no other process runs work under the same key; absent: renewals of different processes may overlap.
   *
   * Whoever waits for it must not wait for ever: a lock that cannot be had is to reject, and the work runs without it.
   *
   * The lease's `signal` is aborted when the lock was lost while the work ran.
   */
  lock?<T>(key: string, work: (lease: { signal: AbortSignal }) => Promise<T>): Promise<T>
}
