import { isOAuthError } from '@oauthkit/orange'
import { isHTTPError, isNetworkError, isTimeoutError } from 'ky'
import { problem } from './problem.ts'

/**
 * Answers a request whose call to Orange failed, and logs the reason.
 *
 * Logs only the message, because an error of ky contains the whole call.
 */
export function answerFailure(error: unknown): Response {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  const patience = patienceOf(error)
  if (patience === undefined) return problem(502, 'Orange gave no usable answer')
  return problem(503, 'Orange cannot be reached', patience === 0 ? {} : { 'Retry-After': String(patience) })
}

/** Returns the seconds until the next try, 0 if they are not known, or `undefined` if another try does not help. */
function patienceOf(error: unknown): number | undefined {
  if (isOAuthError(error)) {
    if (error.code !== 'TOKEN_UNAVAILABLE') return undefined
    return error.retryAt === undefined ? 0 : Math.max(1, Math.ceil((error.retryAt - Date.now()) / 1000))
  }
  if (isHTTPError(error)) {
    const { status, headers } = error.response
    if (status !== 429 && status < 500) return undefined
    return Number(/^\d+$/.exec(headers.get('retry-after') ?? '')?.[0] ?? 0)
  }
  return isNetworkError(error) || isTimeoutError(error) ? 0 : undefined
}
