import { isOAuthError, type OAuthError } from '../errors.ts'
import { membersOf } from '../members.ts'
import type { Failure } from './state.ts'

const second = 1000

/**
 * Returns the earliest time for the next request to the token endpoint after failures, in milliseconds since the epoch.
 *
 * | case                          | wait                                                      |
 * | ----------------------------- | --------------------------------------------------------- |
 * | the server refused the client | 1, 2, 4 … 60 s: only the client's operator can help       |
 * | an older token serves calls   | 1, 2, 4 … 30 s                                            |
 * | any other failure             | 1 s, so that calls succeed soon after the server recovers |
 * | the server named a time       | until then, at most 10 minutes                            |
 *
 * @param isServing - whether an older token serves calls.
 */
export function retryAt({ error, at, count }: Failure, isServing: boolean, now: number): number {
  // If the failure is in the future, the clock was set back.
  if (at > now) return 0
  const { code, status = 0, retryAt: named = 0 }: Partial<OAuthError> = membersOf(isOAuthError(error) ? error : {})
  // A firewall that answers 403 does not let the next request pass either.
  const isRefused =
    code === 'TOKEN_REFUSED' || status === 403 || (code === 'TOKEN_MALFORMED' && (status < 200 || status > 299))
  const doubled = second * 2 ** Math.min(count - 1, 10)
  const delay = isRefused ? Math.min(doubled, 60 * second) : isServing ? Math.min(doubled, 30 * second) : second
  return Math.max(at + delay, Math.min(named, at + 600 * second))
}
