import { errorCode } from './error-code.ts'
import { oauthError } from './errors.ts'
import type * as AfterFailure from './loaded-after-failure.ts'
import type * as Later from './loaded-later.ts'
import type { Provider } from './provider.ts'

/** The code that is loaded later. */
export type LoadedLater = typeof Later

/** Loads the code that not every source needs. Returns `undefined` if it cannot be loaded. */
export const loadLater = (): Promise<LoadedLater | undefined> => import('./loaded-later.ts').catch(() => undefined)

/**
 * Loads the code that not every source needs. If it cannot be loaded, the call gets `TOKEN_UNAVAILABLE`, and the next
 * call tries again.
 *
 * @param use - what the code does, for the message, such as `uses the store`.
 */
export async function loadPart({ name }: Provider, use: string): Promise<LoadedLater> {
  try {
    return await import('./loaded-later.ts')
  } catch (error) {
    const what = `the part of @oauthkit/core that ${use} could not be loaded (${errorCode(error)}): try again later`
    throw oauthError(name, 'TOKEN_UNAVAILABLE', what)
  }
}

/** Loads the code that is needed only after a failure. Returns `undefined` if it cannot be loaded. */
export const loadAfterFailure = (): Promise<typeof AfterFailure | undefined> =>
  import('./loaded-after-failure.ts').catch(() => undefined)
