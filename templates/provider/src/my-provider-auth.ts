import { bearer } from '@oauthkit/core'
import type { Options } from 'ky'
import { myProviderTokens, type MyProviderOptions } from './my-provider-tokens.ts'

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
