import { bearer, createTokenSource, type OwnTokenSource, type TokenSourceOptions } from '@oauthkit/core'
import { fromEnvironment } from '@oauthkit/core/plugin'
import type { Options } from 'ky'
import { myProvider } from './my-provider.ts'

/** What {@link myProviderTokens} and {@link myProviderAuth} take: all that `createTokenSource` takes, and all of it optional. */
export type MyProviderOptions = TokenSourceOptions

/**
 * Makes a source of My Provider tokens; see `createTokenSource` for all it does.
 *
 * Make it once, at module scope: the calls that share it share its token.
 *
 * @param options - without `clientId` and `clientSecret`, the environment variables `MY_PROVIDER_CLIENT_ID` and
 * `MY_PROVIDER_CLIENT_SECRET` are read.
 * @throws `TypeError` if a credential is missing or an option is wrong.
 */
export function myProviderTokens(options: MyProviderOptions = {}): OwnTokenSource {
  return createTokenSource(fromEnvironment(options, myProvider, 'MY_PROVIDER'))
}

/**
 * Options for `ky.extend`, with which every call to My Provider's APIs carries a valid token.
 *
 * ```ts
 * const api = ky.extend(myProviderAuth())
 * const things = await api.get('https://api.example.com/things').json()
 * ```
 *
 * @param options - see {@link myProviderTokens}.
 * @throws `TypeError` if a credential is missing or an option is wrong. Calls reject with an `OAuthError` if there is no
 * token to be had.
 */
export const myProviderAuth = (options?: MyProviderOptions): Options => bearer(myProviderTokens(options))
