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
   * It must reject if it waits too long. Then the work runs without the lock, and uses no refresh token that other processes
   * may use.
   *
   * The lease's `signal` is aborted when the lock was lost while the work ran.
   *
   * While it waits, it may call `reread` each time that the lock was given back. If that returns a value, the wait is over:
   * return that value. If it returns `undefined`, go on waiting. To call `reread` is optional: without it, those that wait
   * get the lock one after the other.
   */
  lock?<T>(
    key: string,
    work: (lease: { readonly signal: AbortSignal }) => Promise<T>,
    reread?: () => Promise<T | undefined>,
  ): Promise<T>
}
