import { loadAfterRejection } from '../load-after-rejection.ts'
import type { Provider } from '../provider.ts'

type RejectionCheck = (response: Response) => boolean | Promise<boolean>

/** All sources of a provider share one check, because there can be a source for each of many tenants. */
const checks = new WeakMap<Provider, RejectionCheck>()

/** Makes the {@link TokenSource.isRejected} of a provider's sources. */
export function rejectionCheck(provider: Provider): RejectionCheck {
  const { rejectedStatuses = [401], isRejected } = provider
  const check =
    checks.get(provider) ??
    ((response: Response) => rejectedStatuses.includes(response.status) && meansRejectedToken(isRejected, response))
  checks.set(provider, check)
  return check
}

/** Loads the code that judges such a response. If it cannot be loaded, the caller gets the response unchanged. */
async function meansRejectedToken(isRejected: Provider['isRejected'], response: Response): Promise<boolean> {
  const part = await loadAfterRejection()
  return part !== undefined && part.meansRejectedToken(isRejected, response)
}
