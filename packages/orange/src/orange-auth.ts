import { bearer, createTokenSource, type OwnTokenSource, type TokenSourceOptions } from '@oauthkit/core'
import { fromEnvironment } from '@oauthkit/core/plugin'
import type { Options } from 'ky'
import { parseAuthorizationHeader } from './authorization-header.ts'
import { orange } from './orange.ts'

/** What {@link orangeTokens} and {@link orangeAuth} take: all that `createTokenSource` takes, and all of it optional. */
export type OrangeOptions = TokenSourceOptions & {
  /**
   * The ready-made header from MyApps, tab Credentials (`Basic …`), in place of `clientId` and `clientSecret`.
   *
   * @throws `TypeError` if it is not the base64 of `id:secret`, or stands beside one of those two.
   */
  readonly authorizationHeader?: string | undefined
}

/**
 * Makes a source of Orange tokens; see `createTokenSource` for all it does.
 *
 * Make it once, at module scope: Orange asks for no more than one token an hour and application.
 *
 * @param options - without `clientId` and `clientSecret`, the environment variables `ORANGE_CLIENT_ID` and
 * `ORANGE_CLIENT_SECRET` are read.
 * @throws `TypeError` if a credential is missing or an option is wrong.
 */
export function orangeTokens({ authorizationHeader: header, ...options }: OrangeOptions = {}): OwnTokenSource {
  if (header !== undefined && (options.clientId ?? options.clientSecret) !== undefined) {
    throw new TypeError('orange: authorizationHeader replaces clientId, clientSecret')
  }
  const given = header === undefined ? options : { ...options, ...parseAuthorizationHeader(header) }
  return createTokenSource(fromEnvironment(given, orange, 'ORANGE'))
}

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
