import type { Token } from './token.ts'

/**
 * A store that keeps tokens between processes and restarts. A `Map` has this type, and so has a `Keyv`.
 *
 * Each method can be synchronous or return a promise. Values are plain JSON.
 */
export type TokenStore = {
  /** Returns the token under a key, or `undefined` or `null` if there is none. */
  get(key: string): unknown
  /**
   * Writes a token. The entry is needed for `ttlMs` milliseconds. Without `ttlMs`, it is needed until it is deleted.
   */
  set(key: string, token: Token, ttlMs?: number): unknown
  /** Removes the token under a key. A missing entry is not an error. */
  delete(key: string): unknown
  /**
   * Writes a token only if the entry is the expected one: a write must not undo what another process did meanwhile, such
   * as a log-out.
   *
   * It reads the entry, and calls `isExpected` with the value that `get` would return. If the result is `true`, and the
   * entry has not changed since it was read, it writes the token as `set` does, and returns `true`. Otherwise it writes
   * nothing, and returns `false`.
   *
   * Optional: without it, the source calls `get` and `set`, and a change between the two calls is lost, unless `get` is
   * synchronous, as in a `Map`.
   */
  replace?(
    key: string,
    isExpected: (current: unknown) => boolean,
    token: Token,
    ttlMs?: number,
  ): boolean | Promise<boolean>
  /**
   * Runs `work` while no other process runs work under the same key. Without `lock`, renewals of different processes
   * can overlap.
   *
   * It must reject if it waits too long. The source then runs the work without the lock, and does not redeem a refresh
   * token that other processes could redeem, too.
   *
   * It must abort the lease's `signal` if the lock is lost while the work runs.
   *
   * While it waits, it can call `reread` each time another caller releases the lock. If `reread` returns a value, stop
   * waiting and return that value. If it returns `undefined`, continue to wait. Calling `reread` is optional: without
   * it, the waiting callers get the lock one after the other.
   */
  lock?<T>(
    key: string,
    work: (lease: { readonly signal: AbortSignal }) => Promise<T>,
    reread?: () => Promise<T | undefined>,
  ): Promise<T>
}
