import { createState, type TokenState } from '../life/state.ts'
import { createLru } from '../lru.ts'
import type { TokenStore } from '../store.ts'
import { isPending } from '../wait.ts'

// Under a global symbol, so that two copies of this package over one store join the same renewals.
const registry = Symbol.for('@oauthkit/core states 1')
const statesByStore = ((globalThis as { [registry]?: WeakMap<TokenStore, (key: string) => TokenState> })[registry] ??=
  new WeakMap())

/**
 * The one state of a key in a store, for all sources of this process.
 *
 * Beyond 10,000 keys, those that were not used for longest are forgotten.
 */
export function stateOf(store: TokenStore, key: string): TokenState {
  let states = statesByStore.get(store)
  if (!states) {
    states = createLru(createState, 10_000, ({ pending }) => isPending(pending))
    statesByStore.set(store, states)
  }
  return states(key)
}
