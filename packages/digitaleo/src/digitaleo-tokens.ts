import { createTokenSource, type OwnTokenSource, type TokenSourceOptions } from '@oauthkit/core'
import { fromEnvironment } from '@oauthkit/core/plugin'
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
