import { errorCode } from '../endpoint/redactor.ts'
import { oauthError } from '../errors.ts'
import type { TokenStore } from '../store.ts'
import type { Life } from './token-cache.ts'

/**
 * Makes a function that finds a source's token in a store. It loads the code for stores when the first token is needed,
 * so that a source without a store never loads it.
 *
 * If the code cannot be loaded, the call gets `TOKEN_UNAVAILABLE`, and the next call tries again.
 */
export function locateInStore(store: TokenStore): Life['locate'] {
  // Keeps the loaded function and not its promise: on Workers, a promise of one request may never settle in another.
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
