import type { TokenStore } from '../store.ts'
import { loadPart } from '../load-later.ts'
import type { SourceData } from './token-cache.ts'

/**
 * Makes a function that finds a source's token in a store. It loads the code for stores when the first token is needed.
 */
export function locateInStore(store: TokenStore): SourceData['locate'] {
  // Keeps the loaded function and not its promise: on Workers, a promise of one request may never settle in another.
  let locate: SourceData['locate'] | undefined
  return async (source) => {
    if (!locate) {
      const part = await loadPart(source.settings.provider, 'uses the store')
      locate ??= part.createSharedCache(store, source)
    }
    return locate(source)
  }
}
