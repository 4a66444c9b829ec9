import { errorCode } from '../endpoint/error-code.ts'
import { oauthError } from '../errors.ts'
import type { Settings } from './options.ts'

/**
 * Loads a part of the code that not every source needs. If it cannot be loaded, the call gets `TOKEN_UNAVAILABLE`, and
 * the next call tries again.
 *
 * @param use - what the part does with what, for the message.
 */
export async function loadPart<Part>({ provider }: Settings, use: string, part: Promise<Part>): Promise<Part> {
  try {
    return await part
  } catch (error) {
    const what = `the part of @oauthkit/core that ${use} could not be loaded (${errorCode(error)}): try again later`
    throw oauthError(provider.name, 'TOKEN_UNAVAILABLE', what)
  }
}
