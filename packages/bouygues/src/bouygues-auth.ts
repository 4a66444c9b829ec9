import { bearer } from '@oauthkit/core'
import type { Options } from 'ky'
import { bouyguesTokens, type BouyguesOptions } from './bouygues-tokens.ts'

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
