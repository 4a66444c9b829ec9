import { bearer, createTokenSource, type OwnTokenSource, type TokenSourceOptions } from '@oauthkit/core'
import { fromEnvironment } from '@oauthkit/core/plugin'
import type { Options } from 'ky'
import { myProvider } from './my-provider.ts'

/** The options of {@link myProviderTokens} and {@link myProviderAuth}: those of `createTokenSource`. All are optional. */
export type MyProviderOptions = TokenSourceOptions

/**
 * Makes a source of My Provider tokens. See `createTokenSource` for everything that a source does.
 *
 * Make it once, at module scope: all calls that use the source share its token.
 *
 * @param options - by default, `clientId` and `clientSecret` are the environment variables `MY_PROVIDER_CLIENT_ID` and
 * `MY_PROVIDER_CLIENT_SECRET`.
 * @throws `TypeError` if a credential is missing or an option is wrong.
 * @example
 * ```ts
 * import { myProviderTokens } from '@oauthkit/my-provider'
 *
 * // MY_PROVIDER_CLIENT_ID and MY_PROVIDER_CLIENT_SECRET come from the environment.
 * const tokens = myProviderTokens()
 * export const getToken = () => tokens.getToken()
 * ```
 */
export function myProviderTokens(options: MyProviderOptions = {}): OwnTokenSource {
  return createTokenSource(fromEnvironment(options, myProvider, 'MY_PROVIDER'))
}

/**
 * Makes options for `ky.extend`. With them, every call to My Provider's APIs carries a valid token.
 *
 * @param options - see {@link myProviderTokens}.
 * @throws `TypeError` if a credential is missing or an option is wrong. A call rejects with an `OAuthError` if it
 * cannot get a token.
 * @example
 * ```ts
 * import { myProviderAuth } from '@oauthkit/my-provider'
 * import ky from 'ky'
 *
 * export const api = ky.extend(myProviderAuth())
 * ```
 */
export const myProviderAuth = (options?: MyProviderOptions): Options => bearer(myProviderTokens(options))
