import { oauthError } from '../errors.ts'
import type { Provider } from '../provider.ts'
import { errorCode } from './redactor.ts'

/** A client id or secret, or a function that looks it up for each token request, in a vault or a Worker's bindings. */
export type Credential = string | (() => string | Promise<string>)

/**
 * Looks a credential up.
 *
 * @throws `TypeError` if there is none; {@link OAuthError} `TOKEN_UNAVAILABLE` if the look-up fails.
 */
export async function resolveCredential(
  { name: provider }: Provider,
  name: string,
  credential: Credential,
): Promise<string> {
  let value: unknown = credential
  if (typeof credential === 'function') {
    try {
      value = await credential()
    } catch (error) {
      // In a class of its own, since HTTP clients take the network errors of a vault for their own and retry.
      throw oauthError(provider, 'TOKEN_UNAVAILABLE', `${name} could not be looked up (${errorCode(error)})`)
    }
  }
  if (typeof value === 'string' && value) return value
  throw new TypeError(`${provider}: ${name} is missing: it must be a non-empty string`)
}
