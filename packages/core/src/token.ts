import type { TokenEventDetails } from './events.ts'
import { memberOf } from './members.ts'

/**
 * The tokens that an authorization server issued, as plain data that survives JSON.
 *
 * A source made by {@link createTokenSource} returns them frozen.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-5.1 RFC 6749 §5.1}
 */
export type Token = {
  /**
   * The value that follows `Bearer ` in the `Authorization` header. Its content is meant for the API only: never parse
   * it.
   */
  readonly accessToken: string
  /** When the access token expires, in milliseconds since the epoch. If absent, it is valid until an API rejects it. */
  readonly expiresAt?: number | undefined
  /** The refresh token, which renews the access token without the user. Absent for most machine-to-machine grants. */
  readonly refreshToken?: string | undefined
  /** When the refresh token expires, in milliseconds since the epoch. If absent, the server did not say it. */
  readonly refreshExpiresAt?: number | undefined
  /** The granted scope, which can be less than the requested one. If absent, the server did not name it. */
  readonly scope?: string | undefined
  /** The OpenID Connect ID token as received. This package does not check it. */
  readonly idToken?: string | undefined
  /** The members of the server's response that OAuth 2.0 does not define, under their wire names. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Whether a value can be sent unchanged after `Bearer `: a text of ASCII characters without spaces and control
 * characters.
 */
export const isAccessToken = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x21-\x7E]+$/.test(value)

/** Returns when a token expires, in milliseconds since the epoch, or `Infinity` if it has no `expiresAt`. */
export const endOf = (token: Token): number => memberOf(token, 'expiresAt') ?? Number.POSITIVE_INFINITY

/**
 * Returns the headers that a call gets in addition to the token. It runs again for each call, and before a call is sent a
 * second time.
 *
 * @group For package authors
 */
export type AddHeaders = (call: {
  /** The token that the call gets. */
  readonly token: Token
  /** The HTTP method, in capitals. */
  readonly method: string
  /** The URL, as the platform writes it. */
  readonly url: string
}) => HeadersInit | Promise<HeadersInit>

/** The options of {@link TokenSource.getToken}. */
export type GetTokenOptions = {
  /**
   * An access token that an API just rejected.
   *
   * The source renews only if this is still its current token. Otherwise it returns its newer token. If APIs reject too
   * many tokens, the source returns the same token again, until the next renewal is allowed.
   */
  readonly rejected?: string | undefined
  /**
   * How long the token should still be valid, in milliseconds, such as for a body that is sent slowly, or for a socket.
   * It counts as at most 90 % of the lifetime of a token that this source requested. Up to 5000, it counts as at most 10 %
   * of it. If there is no such token, the source returns the one that lasts longest.
   *
   * @defaultValue 0
   */
  readonly validForMs?: number | undefined
  /** Ends the wait of this caller only. A renewal that other callers share continues. */
  readonly signal?: AbortSignal | undefined
}

/**
 * An object that provides tokens. {@link bearer} and {@link bearerFetch} work with any object of this type.
 *
 * {@link createTokenSource} makes one for an authorization server. A source for your own vault or backend takes a few
 * lines.
 *
 * @example
 * ```ts
 * import { bearerFetch, type TokenSource } from '@oauthkit/core'
 *
 * const readVault = async () => 'a-token'
 * const source: TokenSource = {
 *   apis: ['https://api.example.com'],
 *   getToken: async ({ signal } = {}) => {
 *     signal?.throwIfAborted()
 *     return { accessToken: await readVault() }
 *   },
 * }
 * export const fetchApi = bearerFetch(source)
 * ```
 */
export type TokenSource = {
  /**
   * Returns a token that is valid now. Any number of callers can call it at the same time.
   *
   * @throws {@link OAuthError} if no token is available, or the `signal`'s reason if the signal is aborted.
   */
  getToken(options?: GetTokenOptions): Promise<Token>
  /** The allowed URLs, as prefixes that match whole path segments. The tokens are sent to no other URL. */
  readonly apis: readonly string[]
  /**
   * Exceptions within `apis`, as URL prefixes: the tokens are not sent there. They also match other spellings, so `/admin`
   * also excludes `/ADMIN`.
   */
  readonly exceptApis?: readonly string[] | undefined
  /** The hosts whose `apis` may be `http:`, with their ports, such as `api:8080`. @defaultValue None: only loopback. */
  readonly insecureHosts?: readonly string[] | undefined
  /**
   * Returns further headers for each call that gets a token, such as a second credential. They are sent where the token is
   * sent, and nowhere else:
   *
   * - A header that the caller has set stays. `Authorization` is not allowed here.
   * - Errors that show the request do not show them.
   * - `fetch` would carry them along a redirect to another origin. So a redirect is followed only if it leads to an API of the
   *   same source and the method is `GET` or `HEAD`. Any other one is a `TypeError` that names the new origin, unless the
   *   caller asked for `redirect: 'manual'` or `'error'`.
   *
   * If it throws, the call fails with that error. The calls of a source with `headers` always wait for the token's promise:
   * `peek` is not used.
   *
   * @defaultValue None: the token is the only credential.
   */
  readonly headers?: AddHeaders | undefined
  /** The name of the provider, for the error of a call that is sent without a token and gets a 401. */
  readonly name?: string | undefined
  /**
   * Whether a response means that the API rejects the token of the request.
   *
   * It must not read the response's body: read a clone. It runs for each response, so for each status that is not about
   * tokens, return `false` itself and not a promise: then no call waits. If it throws or rejects, the response does not
   * count as a rejection.
   *
   * @defaultValue `true` for each 401, `false` for any other status.
   */
  readonly isRejected?: ((response: Response) => boolean | Promise<boolean>) | undefined
  /**
   * Returns the complete header value (`Bearer …`) if memory holds a valid token, else `undefined`.
   *
   * Optional: with it, a call that has a valid token does not wait for a promise.
   */
  readonly peek?: (() => string | undefined) | undefined
  /** Receives events about the calls that {@link bearer} and {@link bearerFetch} send. */
  readonly onEvent?: ((event: TokenEventDetails) => void) | undefined
}
