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
 * What {@link bouyguesTokens} and {@link bouyguesAuth} take: all that `createTokenSource` takes, and all of it optional.
 *
 * The `grant` is `appCredentials()` by default; the `provider` is the grant's by default, else `bouygues`.
 */
export type BouyguesOptions = TokenSourceOptions

/**
 * A token for the application itself, by client id and secret: the default.
 *
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication App credentials}
 */
export const appCredentials = (): Grant => clientCredentials()

/**
 * Makes a source of Bouygues Telecom tokens; see `createTokenSource` for all it does. Make it once, at module scope.
 *
 * @param options - without `clientId`, and without `clientSecret` where the grant needs one, the environment variables
 * `BOUYGUES_CLIENT_ID` and `BOUYGUES_CLIENT_SECRET` are read.
 * @throws `TypeError` if a credential is missing or an option is wrong.
 */
export function bouyguesTokens({ grant = appCredentials(), ...options }: BouyguesOptions = {}): OwnTokenSource {
  const { clientAuth = grant.clientAuth, provider = grant.provider } = options
  // At once, before any variable is asked for.
  if (!clientAuth && provider?.clientAuth === refuseSecrets) refuseSecrets()
  return createTokenSource(fromEnvironment({ ...options, grant }, bouygues, 'BOUYGUES'))
}

/**
 * Options for `ky.extend`, with which every call to Bouygues Telecom's APIs carries a valid token.
 *
 * ```ts
 * const api = ky.extend(bouyguesAuth())
 * const url = 'https://open.api.bouyguestelecom.fr/v1/customer-management/email-addresses/check'
 * const answer = await api.post(url, { json: { emailAddress: 'someone@example.com' } }).json()
 * ```
 *
 * @param options - see {@link bouyguesTokens}.
 * @throws `TypeError` if a credential is missing or an option is wrong. Calls reject with an `OAuthError` if there is no
 * token to be had.
 */
export const bouyguesAuth = (options?: BouyguesOptions): Options => bearer(bouyguesTokens(options))
