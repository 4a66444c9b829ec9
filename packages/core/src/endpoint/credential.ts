import { oauthError } from '../errors.ts'
import type { Provider } from '../provider.ts'
import { errorCode } from '../error-code.ts'

/**
 * A client id or secret, or a function that looks it up for each token request, such as in a vault or a Worker's
 * bindings.
 */
export type Credential = string | (() => string | Promise<string>)

/**
 * Returns a credential. If it is a function, looks it up.
 *
 * @throws `TypeError` if it is missing or empty, or has spaces or line breaks around it. `OAuthError` `TOKEN_UNAVAILABLE` if the look-up fails.
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
  return checkCredential(value, `${provider}: ${name}`)
}

/**
 * Returns a credential, or throws a `TypeError` if it cannot be one. A file or a variable can add a line break to it.
 *
 * @param what - the name of the credential in the message, which never shows the value.
 * @example
 * ```ts
 * import { checkCredential } from '@oauthkit/core/plugin'
 *
 * console.log(checkCredential('s3cret', 'acme: clientSecret')) // s3cret
 * ```
 */
export function checkCredential(value: unknown, what: string): string {
  if (typeof value !== 'string' || !value) throw new TypeError(`${what} is missing: it must be a non-empty string`)
  if (value !== value.trim()) throw new TypeError(`${what} has spaces or line breaks around it: remove them`)
  return value
}
