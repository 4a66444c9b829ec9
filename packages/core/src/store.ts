import type { Token } from './token.ts'

/**
 * A store that keeps tokens between processes and restarts. A `Map` has this type, and so has a `Keyv`.
 *
 * Each method can be synchronous or return a promise. Values are plain JSON.
 *
 * @group For package authors
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
   * Writes a token if the entry is still the expected one. Resolves to whether it wrote.
   *
   * It reads the entry and passes to `isExpected` what `get` returns for it: `undefined` or `null` if there is none. If
   * `isExpected` returns `true`, it writes `next` as `set` does, but only if the stored entry has not changed since it
   * was read. Otherwise it writes nothing and resolves to `false`. It tries one time: the caller decides whether to try
   * again.
   *
   * A write must not undo what another process did in the meantime. A renewal can take seconds. If the user logs out in
   * another process during that time, a plain `set` at its end stores the login again. For a store without `replace`,
   * the source reads the entry, compares it, and then calls `set`. A log-out between these steps is then undone, unless
   * `get` and `set` are synchronous, as in a `Map`.
   *
   * The reading and the writing must be one step for the database, such as a transaction, a script, or a write with the
   * condition that the entry has the same version or the same text. A comparison in the program is not enough.
   */
  replace?(key: string, isExpected: (current: unknown) => boolean, next: Token, ttlMs?: number): Promise<boolean>
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
