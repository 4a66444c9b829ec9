import { failLate } from '../errors.ts'
import type { TokenEventDetails } from '../events.ts'
import { isPending, joinPending, startPending, type Pending } from '../wait.ts'
import { isAlive } from '../life/lifetime.ts'
import { findPlace, ownPlace, type Place } from './place.ts'
import type { Settings } from '../life/options.ts'

/** Where a source's token is, and how to find out. */
export type Search = {
  /** Where the token was last; with a store, credentials that are looked up may move it. */
  place: Place | undefined
  /** Finds where the token is now, once for all who ask at the same time. */
  readonly find: () => Promise<Place>
}

/** Makes the search of a source; without a store there is nothing to search. */
export function createSearch(settings: Settings, report: (event: TokenEventDetails) => void): Search {
  const { provider, clientId, clientSecret, store, timeoutMs } = settings
  const isMovable = store && [clientId, clientSecret].some((credential) => typeof credential === 'function')
  let pending: Pending<Place> | undefined
  let isOver = false

  const search: Search = {
    place: store ? undefined : ownPlace(settings),
    find: async () => {
      if (search.place && !isMovable) return search.place
      // What is remembered lasts no longer for a clock that was set back.
      if (isPending(pending) && !(isOver && pending.deadline > Date.now() + 1000))
        return joinPending(pending, search.find)
      const own = (pending = startPending(findPlace(settings), timeoutMs, () => failLate(provider.name, timeoutMs)))
      isOver = false
      // Remembered for a second, whatever comes of it: a vault is no more to be hammered than the token endpoint.
      const retryAt = () => Date.now() + 1000
      try {
        const found = await own.promise
        // The token at hand is good until the new place has one.
        if (!isAlive(search.place?.slot.held) || found.slot.held) search.place = found
        return found
      } catch (error) {
        const hasToken = isAlive(search.place?.slot.held)
        const reason = hasToken ? 'ageing' : 'absent'
        if (pending === own) report({ type: 'failed', reason, error: error as Error, hasToken, retryAt: retryAt() })
        throw error
      } finally {
        if (pending === own) {
          pending = { promise: own.promise, deadline: retryAt() }
          isOver = true
        }
      }
    },
  }
  return search
}
