import { resolveCredential } from '../endpoint/credential.ts'
import { failLate } from '../errors.ts'
import type { Credentials, Settings } from '../life/options.ts'
import type { Located } from '../life/token-cache.ts'
import type { TokenStore } from '../store.ts'
import { isPending, joinPending, toPending, withTimeout, type Pending } from '../wait.ts'
import { stateOf } from './state-of.ts'
import { storeKey } from './store-key.ts'

/** A token's state, and the credentials that request it. */
type Found = Pick<Located, 'state' | 'credentials'>

/** How long looked-up credentials are remembered, in milliseconds. */
const rememberedMs = 1000

/**
 * Makes a function that looks the credentials up, and finds the state of their token.
 *
 * Credentials that are functions are looked up again for each renewal, at most once a second. Simultaneous callers
 * share one look-up. The result is remembered for one second, success or failure, to spare a vault.
 */
export function createLocator(settings: Settings, given: Credentials, store: TokenStore): () => Promise<Found> {
  const { provider, timeoutMs } = settings
  const { clientId, clientSecret } = given
  const isFixed = typeof clientId !== 'function' && typeof clientSecret !== 'function'
  let found: Found | undefined
  let pending: Pending<Found> | undefined

  const locate = async (): Promise<Found> => {
    if (found && isFixed) return found
    if (isPending(pending)) return joinPending(pending, locate)
    const finding = withTimeout(find(settings, given, store), timeoutMs, () => failLate(provider.name, timeoutMs))
    const own = (pending = toPending(finding, timeoutMs))
    try {
      return (found = await own.promise)
    } finally {
      if (pending === own) pending = { promise: own.promise, deadline: performance.now() + rememberedMs }
    }
  }
  return locate
}

async function find(settings: Settings, given: Credentials, store: TokenStore): Promise<Found> {
  const { provider } = settings
  const clientId = await resolveCredential(provider, 'clientId', given.clientId)
  const clientSecret = given.clientSecret && (await resolveCredential(provider, 'clientSecret', given.clientSecret))
  const state = stateOf(store, await storeKey(settings, clientId, clientSecret))
  return { state, credentials: { clientId, clientSecret } }
}
