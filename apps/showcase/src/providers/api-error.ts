import { isOAuthError } from '@oauthkit/core'
import { isHTTPError, SchemaValidationError } from 'ky'

/**
 * Why a provider gave no usable answer.
 *
 * - `unavailable`: it cannot be reached, or asks for patience. Try again later.
 * - `refused`: it does not accept this application's credentials. For the operator.
 * - `signed-out`: the user is to sign in again.
 * - `unexpected`: it answered with something else. For the developer.
 */
export type ApiErrorReason = 'unavailable' | 'refused' | 'signed-out' | 'unexpected'

/** A call to a provider that failed; the message is for the log, and holds no secret. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** Who was asked, for people to read. */
  readonly provider: string
  /** Why. */
  readonly reason: ApiErrorReason
  /** How long the provider asks to be left alone, in seconds; `undefined` where it did not say. */
  readonly retryAfterSeconds: number | undefined

  constructor(provider: string, reason: ApiErrorReason, message: string, retryAfterSeconds?: number) {
    super(message)
    this.provider = provider
    this.reason = reason
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Says what the failure of a call means; the error itself is left behind, since it holds the request. */
export function toApiError(provider: string, error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (isOAuthError(error)) {
    const { retryAt, requestId } = error
    const message = describe(error) + (requestId ? ` (request ${requestId})` : '')
    return new ApiError(provider, reasons[error.code] ?? 'unexpected', message, retryAt && secondsUntil(retryAt))
  }
  if (isHTTPError(error)) {
    const { status, headers } = error.response
    const requestId = headers.get('x-oapi-request-id')
    const message = describe(error) + (requestId ? ` (request ${requestId})` : '')
    if (status === 408 || status === 429 || status >= 500) {
      return new ApiError(provider, 'unavailable', message, readSeconds(headers.get('retry-after')))
    }
    return new ApiError(provider, status === 401 || status === 403 ? 'refused' : 'unexpected', message)
  }
  // What else can go wrong goes wrong on the way: no connection, a broken one, no answer in time.
  const isUnusable = error instanceof SyntaxError || error instanceof SchemaValidationError
  return new ApiError(provider, isUnusable ? 'unexpected' : 'unavailable', describe(error))
}

const reasons: Readonly<Record<string, ApiErrorReason>> = {
  TOKEN_UNAVAILABLE: 'unavailable',
  TOKEN_REFUSED: 'refused',
  TOKEN_MISSING: 'signed-out',
}

const secondsUntil = (instant: number) => Math.max(0, Math.ceil((instant - Date.now()) / 1000))

/** The error and its causes in one line, without what users asked for: ky's messages show the address that was called. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? ` ${String(error.code)}` : ''
  const message = error.message.replaceAll(/(https?:\/\/[^\s?]+)\?\S*/g, '$1')
  return `${error.name}${code}: ${message}${error.cause === undefined ? '' : `, because of ${describe(error.cause)}`}`
}

/** The seconds of a `Retry-After` header that counts them; the date that it may also be is rare enough to do without. */
const readSeconds = (header: string | null) => (header && /^\d+$/.test(header) ? Number(header) : undefined)
