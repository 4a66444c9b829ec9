/**
 * The sign-ins whose callback has come. The browser deletes the cookie of such a sign-in, but it may send two callbacks at
 * once, and a copy of the cookie may be sent later. Of these callbacks only the first one sends its code to the provider,
 * which may revoke the tokens of a code that comes twice.
 *
 * In Redis this holds between all processes that share it, and in memory within one process. Otherwise only the provider
 * guards: there a code works once.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-4.1.2 RFC 6749 §4.1.2}
 */
export type UsedSignIns = {
  /** Whether the callback has come. */
  readonly has: (state: string) => Promise<boolean>
  /**
   * Checks and notes in one step that the callback has come. The note is kept for `ms` milliseconds.
   *
   * @returns whether this callback is the first one: of several at once, only one is.
   */
  readonly add: (state: string, ms: number) => Promise<boolean>
}
