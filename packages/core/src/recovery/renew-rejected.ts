import { createRateLimit, returnPermit, takePermit } from '../life/rate-limit.ts'
import type { TokenState } from '../life/state.ts'
import type { Outcome, Renewal, SourceData } from '../life/token-cache.ts'
import type { Token } from '../token.ts'

/**
 * Replaces a token that an API rejected. Returns `undefined` if the rate limit does not allow it: an API that rejects every
 * token must not cost a token request for each call.
 */
export async function renewRejected(
  state: TokenState,
  rejected: Token,
  renewal: Renewal,
  report: SourceData['report'],
): Promise<Outcome | undefined> {
  const limit = (state.forcedRenewals ??= createRateLimit(Date.now()))
  if (!takePermit(limit, rejected.accessToken, Date.now())) {
    report({ type: 'throttled', why: 'forced-renewals' })
    return undefined
  }
  const outcome = await renewal.request().catch((error: unknown) => {
    returnPermit(limit)
    throw error
  })
  if (outcome.type === 'adopted') returnPermit(limit)
  else {
    limit.forced = outcome.token.accessToken
    limit.forcedAt = Date.now()
  }
  return outcome
}
