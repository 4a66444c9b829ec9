/**
 * A list of what is over: sign-ins that were finished, and sessions that were ended. All processes of your app must share
 * it.
 */
export type EndedIds = {
  /**
   * Adds an id. Resolves to `false` if the list has it already. Of two calls at the same moment, only one gets `true`. The
   * entry is needed for `ttlMs` milliseconds.
   */
  add(id: string, ttlMs: number): boolean | Promise<boolean>
  /** Whether the list has an id. */
  has(id: string): boolean | Promise<boolean>
}
