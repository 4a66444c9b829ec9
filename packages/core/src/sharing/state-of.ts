import { createState, type TokenState } from '../life/state.ts'
import { createLru } from '../lru.ts'
import type { TokenStore } from '../store.ts'
import { isPending } from '../wait.ts'

// The registry has a global symbol, so that two copies of this package with one store share their renewals. If the members
// of a state or of its token change, increase the number: otherwise, copies of two versions would read each other's states.
const registry = Symbol.for('@oauthkit/core states 2')
const statesByStore = ((globalThis as { [registry]?: WeakMap<TokenStore, (key: string) => TokenState> })[registry] ??=
  new WeakMap())

/** Whether a state must not be forgotten now: a renewal is running, or its token is not in the store yet. */
const isInUse = ({ pending, redeeming, unsaved }: TokenState) =>
  unsaved !== undefined || isPending(pending) || isPending(redeeming)

/**
 * Returns the state of a key in a store. All sources of this process share it.
 *
 * Beyond 10,000 keys, the longest unused one is forgotten.
 */
export function stateOf(store: TokenStore, key: string): TokenState {
  let states = statesByStore.get(store)
  if (!states) {
    states = createLru(createState, 10_000, isInUse)
    statesByStore.set(store, states)
  }
  return states(key)
}
