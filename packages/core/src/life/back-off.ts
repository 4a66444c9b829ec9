import { isOAuthError, type OAuthError } from '../errors.ts'
import { isAlive } from './lifetime.ts'
import type { Slot } from './state.ts'

const second = 1000

/**
 * Says when the token endpoint may be asked again after the failures of late, in milliseconds since the epoch.
 *
 * - A server that named a time is left alone until then, but no longer than ten minutes: nobody means a year.
 * - A client that was refused, also in a way that OAuth does not know, asks ever less often, down to once a minute: nothing
 *   but its operator can help.
 * - While an older token is of use there is no hurry either: down to twice a minute.
 * - Else it is once a second, so that calls go through again as soon as the server does.
 */
export function retryAtOf({ failure, held }: Slot): number {
  // A failure from the future: the clock was set back.
  if (!failure || failure.at > Date.now()) return 0
  const { error, reason, at, count } = failure
  const named = (isOAuthError(error) && error.retryAt) || 0
  const doubled = second * 2 ** Math.min(count - 1, 10)
  const isRefused =
    isOAuthError(error) && (error.code === 'TOKEN_REFUSED' || (error.code === 'TOKEN_MALFORMED' && !isSuccess(error)))
  const delay = isRefused
    ? Math.min(doubled, 60 * second)
    : isAlive(held) && reason !== 'rejected'
      ? Math.min(doubled, 30 * second)
      : second
  return Math.max(at + delay, Math.min(named, at + 600 * second))
}

const isSuccess = ({ status = 0 }: OAuthError) => status >= 200 && status < 300
