import { bearer } from '@oauthkit/core'
import type { Options } from 'ky'
import { digitaleoTokens, type DigitaleoOptions } from './digitaleo-tokens.ts'

/**
 * Options for `ky.extend`, with which every call to Digitaleo's APIs carries a valid token.
 *
 * ```ts
 * const api = ky.extend(digitaleoAuth())
 * const campaigns = await api.get('https://api.messengeo.net/rest/campaigns').json()
 * ```
 *
 * @param options - see {@link digitaleoTokens}.
 * @throws `TypeError` if a credential is missing or an option is wrong. Calls reject with an `OAuthError` if there is no
 * token to be had.
 */
export const digitaleoAuth = (options?: DigitaleoOptions): Options => bearer(digitaleoTokens(options))
