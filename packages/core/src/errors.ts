/**
 * Why there is no token.
 *
 * - `TOKEN_MISSING`: nothing is stored and the grant cannot start over. The user must sign in.
 * - `TOKEN_REFUSED`: the server said no; see `error`. For the operator, or a reason to sign in again.
 * - `TOKEN_UNAVAILABLE`: no answer, a time-out, 429 or 5xx. Try again later; see `retryAt`.
 * - `TOKEN_MALFORMED`: an answer that is neither a token nor an OAuth error. For the operator of the server, or of a proxy before it.
 */
export type OAuthErrorCode = 'TOKEN_MISSING' | 'TOKEN_REFUSED' | 'TOKEN_UNAVAILABLE' | 'TOKEN_MALFORMED'

/** What is known of a failure, in addition to its code and message. */
export type OAuthErrorDetails = {
  /** The name of the provider that was asked. */
  readonly provider?: string | undefined
  /** The HTTP status of the token endpoint's answer. Absent when there was none. */
  readonly status?: number | undefined
  /** The server's `error`, such as `invalid_client`. See RFC 6749 §5.2. */
  readonly error?: string | undefined
  /** The server's `error_description`, without any secret that the server may have repeated in it. */
  readonly errorDescription?: string | undefined
  /** Until when the server asks to be left alone, in milliseconds since the epoch. Absent: it did not say. */
  readonly retryAt?: number | undefined
  /** The server's own id of the request, to quote when asking its support. */
  readonly requestId?: string | undefined
}

/**
 * The one error of oauthkit: there is no token, and `code` says why.
 *
 * It never holds a secret, a token or a request body, so it may be logged as it is. Use {@link isOAuthError} to recognise it.
 * Wrong use of the library is a `TypeError` instead, and a 401 that stays is the HTTP client's own error.
 */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  /** Why there is no token. */
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

  /** Makes an error; `details` that are `undefined` are left out. */
  constructor(code: OAuthErrorCode, message: string, details: OAuthErrorDetails = {}) {
    super(message)
    this.code = code
    Object.assign(this, Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined)))
  }
}

/** Whether an error is an {@link OAuthError}, also one from another copy of this package. */
export function isOAuthError(error: unknown): error is OAuthError {
  return (
    error instanceof Error && error.name === 'OAuthError' && 'code' in error && String(error.code).startsWith('TOKEN_')
  )
}

/** An error of a provider, which its message names first. */
export const oauthError = (
  provider: string,
  code: OAuthErrorCode,
  what: string,
  details?: OAuthErrorDetails,
): OAuthError => new OAuthError(code, `${provider}: ${what}`, { provider, ...details })

/** Says that something took longer than `timeoutMs` allows. */
export function failLate(provider: string, timeoutMs: number): never {
  const what = `no token within ${timeoutMs} ms: try again later, or raise timeoutMs`
  throw oauthError(provider, 'TOKEN_UNAVAILABLE', what)
}
