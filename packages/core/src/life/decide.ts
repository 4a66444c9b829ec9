import type { RenewalReason } from '../events.ts'
import type { GetTokenOptions, Token } from '../token.ts'
import { isPending, type Pending } from '../wait.ts'
import { retryAt } from './back-off.ts'
import { isAlive, timeFor, type CachedToken } from './cached-token.ts'
import type { TokenState } from './state.ts'

/** What a call needs. */
export type Need = Pick<GetTokenOptions, 'rejected' | 'validForMs'>

/** What happens to a call that needs a token. */
export type Decision =
  /** It gets the token in memory. If `isDue`, a renewal starts in the background. */
  | { readonly do: 'serve'; readonly cached: CachedToken; readonly isDue: boolean }
  /** It waits for the running renewal. */
  | { readonly do: 'join'; readonly pending: Pending<Token> }
  /** It gets the error of the last renewal, because the next one is not due yet. */
  | { readonly do: 'fail'; readonly error: Error }
  /** It starts a renewal, and waits for it. */
  | { readonly do: 'renew'; readonly reason: RenewalReason }

/**
 * Decides what happens to a call.
 *
 * `rejected` is the token that an API rejected, if any. It concerns this call only: the token stays in memory, and
 * other calls still get it until there is a newer one. So does `validForMs`: a token that ends sooner is *short* for
 * this call. No token lasts longer than a new one. So, for a token that this process requested, `validForMs` counts as at
 * most 90 % of its lifetime. A `validForMs` of up to 5 s counts as at most 10 % of it.
 *
 * | token in memory                 | decision                                                                       |
 * | ------------------------------- | ------------------------------------------------------------------------------ |
 * | fresh                           | `serve`                                                                        |
 * | *ageing*: it expires soon       | `serve`; with `isDue`, unless a renewal is running or the back-off is not over |
 * | *short* for this call           | `join` or `renew`; `serve` while the back-off is not over                      |
 * | none, expired or rejected, and: |                                                                                |
 * | – a renewal is running          | `join`                                                                         |
 * | – the last back-off is not over | `fail`                                                                         |
 * | – otherwise                     | `renew`                                                                        |
 *
 * After a failed renewal whose refresh token was sent, the back-off is not over before its response is read or given up.
 */
export function decide(
  { cached, pending, redeeming, failure }: TokenState,
  { rejected, validForMs = 0 }: Need,
  now: number,
): Decision {
  const hasToken = isAlive(cached, now)
  const isUsable = hasToken && cached.token.accessToken !== rejected
  const isCooling =
    failure !== undefined &&
    (isPending(redeeming) || now < retryAt(failure, isUsable && failure.reason !== 'rejected', now))
  if (isUsable) {
    const time = timeFor(cached, now)
    const isShort = cached.expiresAt - time < Math.min(validForMs, cached.lifetime * (validForMs > 5000 ? 0.9 : 0.1))
    if (!isShort || isCooling) {
      return { do: 'serve', cached, isDue: time >= cached.renewAt && !isPending(pending) && !isCooling }
    }
  }
  if (isPending(pending)) return { do: 'join', pending }
  if (isCooling) return { do: 'fail', error: failure.error }
  return { do: 'renew', reason: isUsable ? 'ageing' : hasToken ? 'rejected' : cached ? 'expired' : 'absent' }
}
