import { errorCode } from '../error-code.ts'
import { oauthError } from '../errors.ts'
import type { LoadedLater } from '../load-later.ts'
import type { Settings } from './options.ts'

/**
 * Loads the code that not every source needs. If it cannot be loaded, the call gets `TOKEN_UNAVAILABLE`, and the next
 * call tries again.
 *
 * @param use - what the code does with what, for the message.
 */
export async function loadPart({ provider }: Settings, use: string): Promise<LoadedLater> {
  try {
    return await import('../loaded-later.ts')
  } catch (error) {
    const what = `the part of @oauthkit/core that ${use} could not be loaded (${errorCode(error)}): try again later`
    throw oauthError(provider.name, 'TOKEN_UNAVAILABLE', what)
  }
}
