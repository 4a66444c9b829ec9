import { errorCode } from '../endpoint/redactor.ts'
import { oauthError } from '../errors.ts'
import type { TokenStore } from '../store.ts'
import type { Life } from './token-cache.ts'

/**
 * Makes a function that finds a source's token over a store. What that takes is loaded with the first token that is needed,
 * and only by those who have a store.
 *
 * If it cannot be loaded, calls get `TOKEN_UNAVAILABLE`, and the next call tries again.
 */
export function locateInStore(store: TokenStore): Life['locate'] {
  // What was loaded and not the promise of it: on Workers, a promise of one request may never settle in another.
  let locate: Life['locate'] | undefined
  return async (life) => {
    if (!locate) {
      const { createSharedCache } = await loadSharing(life)
      locate ??= createSharedCache(store, life.settings, life.report)
    }
    return locate(life)
  }
}

async function loadSharing({ settings }: Life) {
  try {
    return await import('../sharing/shared-cache.ts')
  } catch (error) {
    const what = `the part of @oauthkit/core that uses the store could not be loaded (${errorCode(error)}): try again later`
    throw oauthError(settings.provider.name, 'TOKEN_UNAVAILABLE', what)
  }
}
