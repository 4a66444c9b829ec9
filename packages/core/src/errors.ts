/**
 * The reasons why no token is available.
 *
 * - `TOKEN_MISSING`: no usable token is left, and the grant cannot get one by itself. The user must sign in.
 * - `TOKEN_REFUSED`: the server refused the request; see `error`. The operator must act, or the user must sign in
 *   again.
 * - `TOKEN_UNAVAILABLE`: no response, a timeout, a rate limit, a firewall, or 5xx. The message says what to do; see also
 *   `retryAt`.
 * - `TOKEN_MALFORMED`: the response is neither a token nor an OAuth error. The operator of the server, or of a proxy in
 *   front of it, must act.
 *
 * @group Errors
 */
export type OAuthErrorCode = 'TOKEN_MISSING' | 'TOKEN_REFUSED' | 'TOKEN_UNAVAILABLE' | 'TOKEN_MALFORMED'

/**
 * The details of a failure, in addition to its code and message.
 *
 * @group Errors
 */
export type OAuthErrorDetails = {
  /** The name of the provider. */
  readonly provider?: string | undefined
  /** The HTTP status of the endpoint's response. Absent if there was no response. */
  readonly status?: number | undefined
  /** The server's `error`, such as `invalid_client`. See RFC 6749 §5.2. */
  readonly error?: string | undefined
  /**
   * The server's `error_description`, as the provider's `readTokenResponse` returns it. Secrets that the server repeats in
   * it are removed.
   */
  readonly errorDescription?: string | undefined
  /**
   * The earliest time for the next request, in milliseconds since the epoch. If absent, the server did not name one.
   */
  readonly retryAt?: number | undefined
  /** The server's own id of the request. Quote it when you ask the server's support. */
  readonly requestId?: string | undefined
}

/**
 * The only error class of oauthkit: no token is available, and `code` says why.
 *
 * It never holds a secret, a token or a request body, so it is safe to log. Use {@link isOAuthError} to recognise it.
 * Wrong use of the library throws a `TypeError` instead. If the API still answers 401 after a renewal, that is the HTTP
 * client's own error.
 *
 * @group Errors
 */
export class OAuthError extends Error {
  /** Always `OAuthError`, also in another copy of this package. */
  override readonly name = 'OAuthError'
  /** The reason why no token is available. */
  readonly code: OAuthErrorCode
  /** {@inheritDoc OAuthErrorDetails.provider} */
  declare readonly provider?: string
  /** {@inheritDoc OAuthErrorDetails.status} */
  declare readonly status?: number
  /** {@inheritDoc OAuthErrorDetails.error} */
  declare readonly error?: string
  /** {@inheritDoc OAuthErrorDetails.errorDescription} */
  declare readonly errorDescription?: string
  /** {@inheritDoc OAuthErrorDetails.retryAt} */
  declare readonly retryAt?: number
  /** {@inheritDoc OAuthErrorDetails.requestId} */
  declare readonly requestId?: string

  /** Creates an error, and leaves out `details` that are `undefined`. */
  constructor(code: OAuthErrorCode, message: string, details: OAuthErrorDetails = {}) {
    super(message)
    this.code = code
    for (const [name, value] of Object.entries(details)) {
      if (value !== undefined) Object.assign(this, { [name]: value })
    }
  }
}

/**
 * Whether an error is an {@link OAuthError}, even one from another copy of this package.
 *
 * @example
 * ```ts
 * import { isOAuthError } from '@oauthkit/core'
 * import { orangeTokens } from '@oauthkit/orange'
 *
 * try {
 *   await orangeTokens().getToken()
 * } catch (error) {
 *   if (!isOAuthError(error)) throw error
 *   console.error(error.code, error.message) // a code such as TOKEN_UNAVAILABLE, and what to do
 * }
 * ```
 * @group Errors
 */
export function isOAuthError(error: unknown): error is OAuthError {
  try {
    return error instanceof Error && error.name === 'OAuthError' && (error as OAuthError).code.startsWith('TOKEN_')
  } catch {
    // The code can be missing, and a getter or a proxy can throw.
    return false
  }
}

/**
 * Creates an {@link OAuthError} whose message starts with the provider's name.
 *
 * @example
 * ```ts
 * import { oauthError } from '@oauthkit/core/plugin'
 *
 * const error = oauthError('acme', 'TOKEN_REFUSED', 'the branch is closed')
 * console.log(error.message) // acme: the branch is closed
 * ```
 */
export const oauthError = (
  provider: string,
  code: OAuthErrorCode,
  what: string,
  details?: OAuthErrorDetails,
): OAuthError => new OAuthError(code, `${provider}: ${what}`, { provider, ...details })

/** Throws the error for a token, or something else, that did not arrive within `timeoutMs`. */
export function failLate(provider: string, timeoutMs: number, missing = 'token'): never {
  const what = `no ${missing} within ${timeoutMs} ms: try again later, or raise timeoutMs`
  throw oauthError(provider, 'TOKEN_UNAVAILABLE', what)
}
