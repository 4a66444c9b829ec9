import { bearer, createTokenSource, type OwnTokenSource, type TokenSourceOptions } from '@oauthkit/core'
import { fromEnvironment } from '@oauthkit/core/plugin'
import type { Options } from 'ky'
import { digitaleo } from './digitaleo.ts'

/** What {@link digitaleoTokens} and {@link digitaleoAuth} take: all that `createTokenSource` takes, and all of it optional. */
export type DigitaleoOptions = TokenSourceOptions

/**
 * Makes a source of Digitaleo tokens; see `createTokenSource` for all it does. Make it once, at module scope.
 *
 * @param options - without `clientId` and `clientSecret`, the environment variables `DIGITALEO_CLIENT_ID` and
 * `DIGITALEO_CLIENT_SECRET` are read.
 * @throws `TypeError` if a credential is missing or an option is wrong.
 */
export const digitaleoTokens = (options: DigitaleoOptions = {}): OwnTokenSource =>
  createTokenSource(fromEnvironment(options, digitaleo, 'DIGITALEO'))

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
