import { createTokenSource, fromEnvironment, type OwnTokenSource, type TokenSourceOptions } from '@oauthkit/core'
import { myProvider } from './my-provider.ts'

/** What {@link myProviderTokens} and {@link myProviderAuth} take: all that `createTokenSource` takes, and all of it optional. */
export type MyProviderOptions = TokenSourceOptions

/**
 * Makes a source of My Provider tokens; see `createTokenSource` for all it does.
 *
 * Make it once, at module scope: the calls that share it share its token.
 *
 * @param options - without `clientId` and `clientSecret`, the environment variables `MY_PROVIDER_CLIENT_ID` and // only client_secret_basic, client_secret_post, plain_basic
 * `MY_PROVIDER_CLIENT_SECRET` are read. // only client_secret_basic, client_secret_post, plain_basic
 * @param options - without `clientId`, the environment variable `MY_PROVIDER_CLIENT_ID` is read. // only none
 * @throws `TypeError` if a credential is missing or an option is wrong.
 */
export function myProviderTokens(options: MyProviderOptions = {}): OwnTokenSource {
  return createTokenSource(fromEnvironment(options, myProvider, 'MY_PROVIDER'))
}
