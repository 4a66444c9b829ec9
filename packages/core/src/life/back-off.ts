import { isOAuthError, type OAuthError } from '../errors.ts'
import type { Failure } from './state.ts'

const second = 1000

/**
 * When the token endpoint may be asked again after the last failures, in milliseconds since the epoch.
 *
 * - A server that named a time is left alone until then, but no longer than ten minutes: no server means a year.
 * - A client that was refused, also in a way that OAuth does not know, asks ever less often, down to once a minute: only
 *   its operator can help.
 * - While an older token serves calls, there is no hurry either: down to twice a minute.
 * - Else it is once a second, so that calls succeed again as soon as the server does.
 *
 * @param isServing - whether an older token serves calls.
 */
export function retryAt({ error, at, count }: Failure, isServing: boolean, now: number): number {
  // A failure from the future: the clock was set back.
  if (at > now) return 0
  const named = (isOAuthError(error) && error.retryAt) || 0
  const doubled = second * 2 ** Math.min(count - 1, 10)
  const delay = isRefused(error) ? Math.min(doubled, 60 * second) : isServing ? Math.min(doubled, 30 * second) : second
  return Math.max(at + delay, Math.min(named, at + 600 * second))
}

const isRefused = (error: Error) =>
  isOAuthError(error) && (error.code === 'TOKEN_REFUSED' || (error.code === 'TOKEN_MALFORMED' && !isSuccess(error)))

const isSuccess = ({ status = 0 }: OAuthError) => status >= 200 && status < 300
