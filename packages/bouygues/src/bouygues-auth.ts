import {
  bearer,
  clientCredentials,
  createTokenSource,
  type Grant,
  type OwnTokenSource,
  type TokenSourceOptions,
} from '@oauthkit/core'
import { fromEnvironment } from '@oauthkit/core/plugin'
import type { Options } from 'ky'
import { bouygues, refuseSecrets } from './bouygues.ts'

/**
 * The options of {@link bouyguesTokens} and {@link bouyguesAuth}: those of `createTokenSource`. All are optional.
 *
 * By default, `grant` is `appCredentials()`, and `provider` is the grant's provider, else `bouygues`.
 */
export type BouyguesOptions = TokenSourceOptions

/**
 * Asks for a token for the application itself, by client id and secret. This is the default grant.
 *
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication App credentials}
 * @example
 * ```ts
 * import { appCredentials, bouyguesAuth } from '@oauthkit/bouygues'
 * import ky from 'ky'
 *
 * // This grant is the default, so bouyguesAuth() does the same.
 * export const api = ky.extend(bouyguesAuth({ grant: appCredentials() }))
 * ```
 */
export const appCredentials = (): Grant => clientCredentials()

/**
 * Makes a source of Bouygues Telecom tokens. See `createTokenSource` for everything that a source does.
 *
 * Make it once, at module scope.
 *
 * @param options - by default, `clientId` is the grant's, else the environment variable `BOUYGUES_CLIENT_ID`, and
 * `clientSecret` is `BOUYGUES_CLIENT_SECRET`. The secret is read only if the grant needs one.
 * @throws `TypeError` if a credential is missing or an option is wrong.
 * @example
 * ```ts
 * import { bouyguesTokens } from '@oauthkit/bouygues'
 *
 * // BOUYGUES_CLIENT_ID and BOUYGUES_CLIENT_SECRET come from the environment.
 * const tokens = bouyguesTokens()
 * const { accessToken, expiresAt } = await tokens.getToken()
 * console.log(accessToken.length, expiresAt)
 * ```
 */
export function bouyguesTokens({ grant = appCredentials(), ...options }: BouyguesOptions = {}): OwnTokenSource {
  const { clientAuth = grant.clientAuth, provider = grant.provider } = options
  // Before an environment variable is read, so that this error comes first.
  if (!clientAuth && provider?.clientAuth === refuseSecrets) refuseSecrets()
  return createTokenSource(fromEnvironment({ ...options, grant }, bouygues, 'BOUYGUES'))
}

/**
 * Makes options for `ky.extend`. With them, every call to Bouygues Telecom's APIs carries a valid token.
 *
 * @param options - see {@link bouyguesTokens}.
 * @throws `TypeError` if a credential is missing or an option is wrong. A call rejects with an `OAuthError` if it
 * cannot get a token.
 * @example
 * ```ts
 * import { bouyguesAuth } from '@oauthkit/bouygues'
 * import ky from 'ky'
 *
 * const api = ky.extend(bouyguesAuth())
 * const url = 'https://open.api.bouyguestelecom.fr/v1/customer-management/email-addresses/check'
 * const answer = await api.post(url, { json: { emailAddress: 'someone@example.com' } }).json()
 * console.log(answer)
 * ```
 */
export const bouyguesAuth = (options?: BouyguesOptions): Options => bearer(bouyguesTokens(options))
