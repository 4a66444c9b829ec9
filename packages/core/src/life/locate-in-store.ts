import type { TokenStore } from '../store.ts'
import { loadPart } from '../load-later.ts'
import type { Life } from './token-cache.ts'

/**
 * Makes a function that finds a source's token in a store. It loads the code for stores when the first token is needed.
 */
export function locateInStore(store: TokenStore): Life['locate'] {
  // Keeps the loaded function and not its promise: on Workers, a promise of one request may never settle in another.
  let locate: Life['locate'] | undefined
  return async (life) => {
    if (!locate) {
      const part = await loadPart(life.settings.provider, 'uses the store')
      locate ??= part.createSharedCache(store, life.settings, life.report)
    }
    return locate(life)
  }
}
