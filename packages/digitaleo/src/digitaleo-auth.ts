import { bearer, createTokenSource, type OwnTokenSource, type TokenSourceOptions } from '@oauthkit/core'
import { fromEnvironment } from '@oauthkit/core/plugin'
import type { Options } from 'ky'
import { digitaleo } from './digitaleo.ts'

/** The options of {@link digitaleoTokens} and {@link digitaleoAuth}: those of `createTokenSource`. All are optional. */
export type DigitaleoOptions = TokenSourceOptions

/**
 * Makes a source of Digitaleo tokens. See `createTokenSource` for everything that a source does.
 *
 * Make it once, at module scope.
 *
 * @param options - by default, `clientId` and `clientSecret` are the environment variables `DIGITALEO_CLIENT_ID` and
 * `DIGITALEO_CLIENT_SECRET`.
 * @throws `TypeError` if a credential is missing or an option is wrong.
 * @example
 * ```ts
 * import { digitaleoTokens } from '@oauthkit/digitaleo'
 *
 * // DIGITALEO_CLIENT_ID and DIGITALEO_CLIENT_SECRET come from the environment.
 * const tokens = digitaleoTokens()
 * const { accessToken, expiresAt } = await tokens.getToken()
 * console.log(accessToken.length, expiresAt)
 * ```
 */
export const digitaleoTokens = (options: DigitaleoOptions = {}): OwnTokenSource =>
  createTokenSource(fromEnvironment(options, digitaleo, 'DIGITALEO'))

/**
 * Makes options for `ky.extend`. With them, every call to Digitaleo's APIs carries a valid token.
 *
 * @param options - see {@link digitaleoTokens}.
 * @throws `TypeError` if a credential is missing or an option is wrong. A call rejects with an `OAuthError` if it
 * cannot get a token.
 * @example
 * ```ts
 * import { digitaleoAuth } from '@oauthkit/digitaleo'
 * import ky from 'ky'
 *
 * const api = ky.extend(digitaleoAuth())
 * const campaigns = await api.get('https://api.messengeo.net/rest/campaigns').json()
 * console.log(campaigns)
 * ```
 */
export const digitaleoAuth = (options?: DigitaleoOptions): Options => bearer(digitaleoTokens(options))
