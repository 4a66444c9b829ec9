import { oauthError } from '../errors.ts'
import type { Provider } from '../provider.ts'
import { errorCode } from './error-code.ts'

/**
 * A client id or secret, or a function that looks it up for each token request, such as in a vault or a Worker's
 * bindings.
 */
export type Credential = string | (() => string | Promise<string>)

/**
 * Returns a credential. If it is a function, looks it up.
 *
 * @throws `TypeError` if it is missing or empty. `OAuthError` `TOKEN_UNAVAILABLE` if the look-up fails.
 * @example
 * ```ts
 * import { resolveCredential } from '@oauthkit/core/plugin'
 * import { orange } from '@oauthkit/orange'
 *
 * const readVault = async () => 'a-secret'
 * console.log(await resolveCredential(orange, 'clientSecret', readVault)) // a-secret
 * ```
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
      // HTTP clients would treat a network error of the vault as their own, and retry. So it becomes an OAuthError.
      throw oauthError(provider, 'TOKEN_UNAVAILABLE', `${name} could not be looked up (${errorCode(error)})`)
    }
  }
  if (typeof value === 'string' && value) return value
  throw new TypeError(`${provider}: ${name} is missing: it must be a non-empty string`)
}
