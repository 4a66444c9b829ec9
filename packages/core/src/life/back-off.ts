import { isOAuthError, type OAuthError } from '../errors.ts'
import type { Failure } from './state.ts'

const second = 1000

/**
 * When the token endpoint may be asked again after the last failures, in milliseconds since the epoch.
 *
 * | what failed                       | how long it waits                                     |
 * | --------------------------------- | ----------------------------------------------------- |
 * | the client was refused            | 1, 2, 4 … 60 s: only its operator can help            |
 * | an older token serves calls       | 1, 2, 4 … 30 s                                        |
 * | else                              | 1 s, so that calls succeed as soon as the server does |
 * | the server named a time           | until then, 10 minutes at most                        |
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
