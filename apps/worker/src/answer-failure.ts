import { isOAuthError } from '@oauthkit/orange'
import { isHTTPError, isNetworkError, isTimeoutError } from 'ky'
import { problem } from './problem.ts'

/** Answers a request whose call to Orange failed, and logs why: the message alone, since the error of a call holds the call. */
export function answerFailure(error: unknown): Response {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  const patience = patienceOf(error)
  if (patience === undefined) return problem(502, 'Orange gave no usable answer')
  return problem(503, 'Orange cannot be reached', patience === 0 ? {} : { 'Retry-After': String(patience) })
}

/** How many seconds to wait before another attempt, 0 if nobody knows; `undefined` if another attempt would not help. */
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
