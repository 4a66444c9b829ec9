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
   * A lock that is not given in time must reject, so that no call waits for ever. Then the work runs without it, and
   * redeems no refresh token that others share.
   *
   * The lease's `signal` is aborted when the lock was lost while the work ran.
   *
   * `reread` is for those who wait: it may be called each time that the lock was given back. What it gives, unless that is
   * `undefined`, is what the wait was for: the lock is not needed any more. A lock that does not call it is as good, but
   * slower for a crowd, whose members get it one by one.
   */
  lock?<T>(
    key: string,
    work: (lease: { readonly signal: AbortSignal }) => Promise<T>,
    reread?: () => Promise<T | undefined>,
  ): Promise<T>
}
