import { needsClientSecret } from '../endpoint/client-auth.ts'
import { checkCredential, type Credential } from '../endpoint/credential.ts'
import { membersOf } from '../members.ts'
import type { Provider } from '../provider.ts'
import type { TokenSourceOptions } from '../life/options.ts'

/** The options that decide which variables are read. */
export type EnvironmentOptions = Pick<
  TokenSourceOptions,
  'provider' | 'clientId' | 'clientSecret' | 'clientAuth' | 'grant'
>

/**
 * Completes the options of a provider package. Adds the provider. If required credentials are missing, reads them from
 * the environment variables `<PREFIX>_CLIENT_ID` and `<PREFIX>_CLIENT_SECRET`, on Node, Deno and Bun.
 *
 * @param given - the caller's options.
 * @param provider - the package's own provider, used unless the options or the grant bring another one.
 * @param prefix - the start of the variables' names, such as `ORANGE`.
 * @throws `TypeError` if a required variable is not set, is empty or has spaces around it. The message names the
 * variable.
 * @example
 * ```ts
 * import { createTokenSource, type TokenSourceOptions } from '@oauthkit/core'
 * import { fromEnvironment } from '@oauthkit/core/plugin'
 * import { orange } from '@oauthkit/orange'
 *
 * export const orangeTokens = (options: TokenSourceOptions = {}) =>
 *   createTokenSource(fromEnvironment(options, orange, 'ORANGE'))
 * ```
 */
export function fromEnvironment<Options extends EnvironmentOptions>(
  given: Options,
  provider: Provider,
  prefix: string,
): Options & {
  /** The provider of the options or of the grant, else the package's own. */
  readonly provider: Provider
  /** The client's id. */
  readonly clientId: Credential
  /** The client's secret, if the client authentication needs one. */
  readonly clientSecret?: Credential | undefined
} {
  const options = membersOf(given)
  const grant = options.grant && membersOf(options.grant)
  const chosen = options.provider ?? grant?.provider ?? provider
  const clientAuth = options.clientAuth ?? grant?.clientAuth ?? chosen.clientAuth
  const needsSecret = needsClientSecret(clientAuth)
  return {
    ...options,
    provider: chosen,
    clientId: options.clientId ?? grant?.clientId ?? readCredential(`${prefix}_CLIENT_ID`, 'clientId'),
    clientSecret:
      options.clientSecret ?? (needsSecret ? readCredential(`${prefix}_CLIENT_SECRET`, 'clientSecret') : undefined),
  }
}

/**
 * Reads an environment variable that a provider package needs, on Node, Deno and Bun.
 *
 * @param variable - the name of the variable, such as `ACME_PRIVATE_KEY`.
 * @param option - the name of the option that can be given instead.
 * @throws `TypeError` if the variable is not set or is empty. The message names the variable and the option.
 * @example
 * ```ts
 * import { readEnvironment } from '@oauthkit/core/plugin'
 *
 * const clientId = readEnvironment('ORANGE_CLIENT_ID', 'clientId')
 * console.log(clientId)
 * ```
 */
export function readEnvironment(variable: string, option: string): string {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  const value = process?.env?.[variable]
  if (!value) throw new TypeError(`${variable} is not set: set that environment variable, or give the option ${option}`)
  return value
}

const readCredential = (variable: string, option: string): string =>
  checkCredential(readEnvironment(variable, option), variable)
