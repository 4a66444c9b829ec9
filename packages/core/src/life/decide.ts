import type { RenewalReason } from '../events.ts'
import type { Token } from '../token.ts'
import { isPending, type Pending } from '../wait.ts'
import { retryAt } from './back-off.ts'
import { isAlive, type CachedToken } from './cached-token.ts'
import type { TokenState } from './state.ts'

/** What happens to a call that needs a token. */
export type Decision =
  /** It gets the token in memory. If `isDue`, a renewal starts in the background. */
  | { readonly do: 'serve'; readonly cached: CachedToken; readonly isDue: boolean }
  /** It waits for the running renewal. */
  | { readonly do: 'join'; readonly pending: Pending<Token> }
  /** It gets the error of the last renewal, because the next one is not due yet. */
  | { readonly do: 'fail'; readonly error: Error }
  /** It starts a renewal, and waits for it. */
  | { readonly do: 'renew'; readonly reason: Exclude<RenewalReason, 'ageing'> }

/**
 * Decides what happens to a call.
 *
 * `rejected` is the token that an API rejected, if any. It concerns this call only: the token stays in memory, and
 * other calls still get it until there is a newer one.
 *
 * | token in memory                 | decision                                                                       |
 * | ------------------------------- | ------------------------------------------------------------------------------ |
 * | fresh                           | `serve`                                                                        |
 * | *ageing*: it expires soon       | `serve`; with `isDue`, unless a renewal is running or the back-off is not over |
 * | none, expired or rejected, and: |                                                                                |
 * | – a renewal is running          | `join`                                                                         |
 * | – the last back-off is not over | `fail`                                                                         |
 * | – otherwise                     | `renew`                                                                        |
 */
export function decide({ cached, pending, failure }: TokenState, rejected: string | undefined, now: number): Decision {
  const hasToken = isAlive(cached, now)
  if (hasToken && cached.token.accessToken !== rejected) {
    const isCooling = failure !== undefined && now < retryAt(failure, failure.reason !== 'rejected', now)
    return { do: 'serve', cached, isDue: now >= cached.renewAt && !isPending(pending, now) && !isCooling }
  }
  if (isPending(pending, now)) return { do: 'join', pending }
  if (failure && now < retryAt(failure, false, now)) return { do: 'fail', error: failure.error }
  return { do: 'renew', reason: hasToken ? 'rejected' : cached ? 'expired' : 'absent' }
}
