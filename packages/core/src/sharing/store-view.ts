import type { TokenState } from '../life/state.ts'
import type { Attempt, Outcome } from '../life/token-cache.ts'
import type { GuardedStore } from './guarded-store.ts'
import { isNewer, type Stored } from './stored.ts'

/** What a renewal knows about the entry in the store. */
export type StoreView = {
  /** The entry that the last `read` found. */
  readonly stored: Stored
  /** Reads the store, and returns its token if that is newer than the one in memory. */
  readonly read: () => Promise<Outcome | undefined>
}

/** Creates the view that one renewal has. It has read nothing yet. */
export function createStoreView(store: GuardedStore, state: TokenState, attempt: Attempt): StoreView {
  let stored: Stored
  return {
    get stored() {
      return stored
    },
    read: async () => {
      stored = await store.get(state.key)
      if (stored !== undefined) {
        state.stored = stored
        // Another process wrote a newer token, or logged the user out.
        if (attempt.isCurrent() && state.unsaved?.replaces(stored) === false) state.unsaved = undefined
      }
      return isNewer(stored, state, attempt) ? { type: 'adopted', token: stored } : undefined
    },
  }
}
