import { bearer } from '@oauthkit/core'
import type { Options } from 'ky'
import { orangeTokens, type OrangeOptions } from './orange-tokens.ts'

/**
 * Options for `ky.extend`, with which every call to Orange's APIs carries a valid token.
 *
 * ```ts
 * const api = ky.extend(orangeAuth())
 * const shops = await api.get('https://api.orange.com/poi/v1/shops?postalCode=35000').json()
 * ```
 *
 * @param options - see {@link orangeTokens}.
 * @throws `TypeError` if a credential is missing or an option is wrong. Calls reject with an `OAuthError` if there is no
 * token to be had.
 */
export const orangeAuth = (options?: OrangeOptions): Options => bearer(orangeTokens(options))
