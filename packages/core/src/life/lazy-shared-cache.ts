import { errorCode } from '../endpoint/redactor.ts'
import { oauthError } from '../errors.ts'
import type { TokenStore } from '../store.ts'
import type { Life, TokenCache } from './token-cache.ts'

/**
 * Keeps a token in a store. What that takes is loaded when the first token is needed, and only by those who have a store.
 *
 * If it cannot be loaded, calls get `TOKEN_UNAVAILABLE`, and the next call tries again.
 */
export function lazySharedCache(store: TokenStore): TokenCache {
  // The cache and not the promise of it: on Workers, a promise of one request may never settle in another.
  let shared: TokenCache | undefined

  const load = async ({ settings, report }: Life): Promise<TokenCache> => {
    if (shared) return shared
    try {
      const { createSharedCache } = await import('../sharing/shared-cache.ts')
      return (shared ??= createSharedCache(store, settings, report))
    } catch (error) {
      const what = `the part of @oauthkit/core that uses the store could not be loaded (${errorCode(error)}): try again later`
      throw oauthError(settings.provider.name, 'TOKEN_UNAVAILABLE', what)
    }
  }
  /** Whatever comes after `locate` finds it loaded. */
  const loaded = () => shared as TokenCache

  return {
    locate: async (life) => (await load(life)).locate(life),
    renewal: (life, located, attempt) => loaded().renewal(life, located, attempt),
    set: (life, state, token) => loaded().set(life, state, token),
    clear: (life, state, wasUnsaved) => loaded().clear(life, state, wasUnsaved),
  }
}
