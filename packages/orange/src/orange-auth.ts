import { bearer, createTokenSource, type OwnTokenSource, type TokenSourceOptions } from '@oauthkit/core'
import { fromEnvironment } from '@oauthkit/core/plugin'
import type { Options } from 'ky'
import { parseAuthorizationHeader } from './authorization-header.ts'
import { orange } from './orange.ts'

/**
 * The options of {@link orangeTokens} and {@link orangeAuth}: those of `createTokenSource`, and `authorizationHeader`.
 *
 * All are optional.
 */
export type OrangeOptions = TokenSourceOptions & {
  /**
   * The ready-made header (`Basic …`) from the tab Credentials of MyApps. It replaces `clientId` and `clientSecret`.
   *
   * @throws `TypeError` if it is not the base64 of `id:secret`, or if `clientId` or `clientSecret` is given too.
   */
  readonly authorizationHeader?: string | undefined
}

/**
 * Makes a source of Orange tokens. See `createTokenSource` for everything that a source does.
 *
 * Make it once, at module scope: Orange wants each application to request one token per hour at most.
 *
 * @param options - by default, `clientId` and `clientSecret` are the environment variables `ORANGE_CLIENT_ID` and
 * `ORANGE_CLIENT_SECRET`.
 * @throws `TypeError` if a credential is missing or an option is wrong.
 * @example
 * ```ts
 * import { orangeTokens } from '@oauthkit/orange'
 *
 * // ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET come from the environment.
 * const tokens = orangeTokens()
 * const { accessToken, expiresAt } = await tokens.getToken()
 * console.log(accessToken.length, expiresAt)
 * ```
 */
export function orangeTokens({ authorizationHeader: header, ...options }: OrangeOptions = {}): OwnTokenSource {
  if (header !== undefined && (options.clientId ?? options.clientSecret) !== undefined) {
    throw new TypeError('orange: authorizationHeader replaces clientId and clientSecret: remove these')
  }
  const given = header === undefined ? options : { ...options, ...parseAuthorizationHeader(header) }
  return createTokenSource(fromEnvironment(given, orange, 'ORANGE'))
}

/**
 * Makes options for `ky.extend`. With them, every call to Orange's APIs carries a valid token.
 *
 * @param options - see {@link orangeTokens}.
 * @throws `TypeError` if a credential is missing or an option is wrong. A call rejects with an `OAuthError` if it
 * cannot get a token.
 * @example
 * ```ts
 * import { orangeAuth } from '@oauthkit/orange'
 * import ky from 'ky'
 *
 * const api = ky.extend(orangeAuth())
 * const shops = await api.get('https://api.orange.com/poi/v1/shops?postalCode=35000').json()
 * console.log(shops)
 * ```
 */
export const orangeAuth = (options?: OrangeOptions): Options => bearer(orangeTokens(options))
