import { isOAuthError } from '@oauthkit/core'
import { isHTTPError, SchemaValidationError } from 'ky'

/**
 * Why a provider gave no usable response.
 *
 * - `unavailable`: it did not answer, or it asks to wait. Try again later.
 * - `refused`: it does not accept the credentials of this app. The operator has to correct them.
 * - `signed-out`: the user has to sign in again.
 * - `unexpected`: its response has another form. The developer has to correct the app.
 */
export type ApiErrorReason = 'unavailable' | 'refused' | 'signed-out' | 'unexpected'

/** The error of a call to a provider. The message is for the log, and has no secret. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** The name of the provider, as pages show it. */
  readonly provider: string
  /** Why the call failed. */
  readonly reason: ApiErrorReason
  /** How long the provider asks to wait, in seconds. `undefined` if it did not say. */
  readonly retryAfterSeconds: number | undefined

  constructor(provider: string, reason: ApiErrorReason, message: string, retryAfterSeconds?: number) {
    super(message)
    this.provider = provider
    this.reason = reason
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Says what the failure of a call means. The error itself is left out, because it holds the request. */
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
  // All other errors are about the connection: none, a broken one, or no response in time.
  const isUnusable = error instanceof SyntaxError || error instanceof SchemaValidationError
  return new ApiError(provider, isUnusable ? 'unexpected' : 'unavailable', describe(error))
}

const reasons: Readonly<Record<string, ApiErrorReason>> = {
  TOKEN_UNAVAILABLE: 'unavailable',
  TOKEN_REFUSED: 'refused',
  TOKEN_MISSING: 'signed-out',
}

const secondsUntil = (instant: number) => Math.max(0, Math.ceil((instant - Date.now()) / 1000))

/** The error and its causes in one line, without the query: ky's messages show the URL of the call. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? ` ${String(error.code)}` : ''
  const message = error.message.replaceAll(/(https?:\/\/[^\s?]+)\?\S*/g, '$1')
  return `${error.name}${code}: ${message}${error.cause === undefined ? '' : `, because of ${describe(error.cause)}`}`
}

/** The seconds of a `Retry-After` header. It can also be a date, which is rare, so that is not read. */
const readSeconds = (header: string | null) => (header && /^\d+$/.test(header) ? Number(header) : undefined)
