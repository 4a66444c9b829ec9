import type { TokenEventDetails } from './events.ts'

/**
 * What an authorization server granted: plain data that survives JSON.
 *
 * Tokens that a {@link TokenSource} hands out are frozen.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-5.1 RFC 6749 §5.1}
 */
export type Token = {
  /** What goes into the `Authorization` header, after `Bearer `. Its content is the API's business: never look inside. */
  readonly accessToken: string
  /** When the access token ends, in milliseconds since the epoch. Absent: it is good until an API rejects it. */
  readonly expiresAt?: number | undefined
  /** What renews the access token without the user. Absent for most machine-to-machine grants. */
  readonly refreshToken?: string | undefined
  /** The scope that was granted, which may be less than what was asked for. Absent: the server did not say. */
  readonly scope?: string | undefined
  /** The OpenID Connect ID token, as received: nothing here has checked it. */
  readonly idToken?: string | undefined
  /** The members of the server's answer that OAuth 2.0 does not know, under their wire names. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

/** Whether a value can be sent after `Bearer ` as it is: no blanks, control characters or anything beyond ASCII. */
export const isAccessToken = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x21-\x7E]+$/.test(value)

/** Names the member that keeps a value from being a {@link Token}; `undefined` if it is one. */
export function invalidReason(value: unknown): string | undefined {
  const { accessToken, expiresAt = 0, refreshToken = 'none' } = Object(value) as Record<keyof Token, unknown>
  if (!isAccessToken(accessToken)) return 'accessToken is missing or malformed'
  if (!Number.isFinite(expiresAt)) return 'expiresAt is not a number of milliseconds since the epoch'
  if (typeof refreshToken !== 'string' || refreshToken === '') return 'refreshToken is not a non-empty string'
  return undefined
}

/** When a token ends, in milliseconds since the epoch; infinite where it does not say. */
export const endOf = ({ expiresAt = Number.POSITIVE_INFINITY }: Token): number => expiresAt

/** What a caller may ask of {@link TokenSource.getToken}. */
export type GetTokenOptions = {
  /**
   * An access token that an API has just rejected.
   *
   * The source renews only if that is still its current token; else it returns the newer one it has.
   */
  readonly rejected?: string | undefined
  /** Ends this caller's wait, and nobody else's: a renewal that others share goes on. */
  readonly signal?: AbortSignal | undefined
}

/**
 * What gives tokens: the one abstraction that {@link bearer} and {@link bearerFetch} need.
 *
 * {@link createTokenSource} makes one for an authorization server. A vault or a backend of your own is one in a few lines:
 *
 * ```ts
 * const source: TokenSource = {
 *   apis: ['https://api.example.com'],
 *   getToken: async ({ signal } = {}) => ({ accessToken: await readVault(signal) }),
 * }
 * ```
 */
export type TokenSource = {
  /**
   * Gives a token that is valid now; safe to call at any time, from any number of callers at once.
   *
   * @throws {@link OAuthError} when there is no token to be had, or the `signal`'s reason once that is aborted.
   */
  getToken(options?: GetTokenOptions): Promise<Token>
  /** The URL prefixes that the tokens may be sent to, by whole path segments. */
  readonly apis: readonly string[]
  /** The URL prefixes within `apis` that the tokens may not be sent to. */
  readonly exceptApis?: readonly string[] | undefined
  /**
   * Whether a response means that the API rejects the token that the request was sent with.
   *
   * It must leave the response's body alone: read a clone. A `false` returned at once costs nothing, so return that for
   * every status that is not about tokens.
   *
   * @defaultValue A 401 does, whatever else it says.
   */
  readonly isRejected?: ((response: Response) => boolean | Promise<boolean>) | undefined
  /**
   * The finished header value (`Bearer …`) if memory can serve it at once, else `undefined`.
   *
   * Optional: it saves a call that has a valid token the wait for a promise.
   */
  readonly peek?: (() => string | undefined) | undefined
  /** Takes what {@link bearer} and {@link bearerFetch} have to tell about the calls they send. */
  readonly onEvent?: ((event: TokenEventDetails) => void) | undefined
}
