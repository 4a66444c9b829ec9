import type { Credential, Provider } from '@oauthkit/core'
import { fromEnvironment } from '@oauthkit/core/plugin'
import { createLogin, type Login, type LoginOptions, type UserInfo } from '@oauthkit/login'
import { bouygues } from './bouygues.ts'

/** What {@link bouyguesLogin} takes: all that `createLogin` takes, and only `redirectUri` is required. */
export type BouyguesLoginOptions = Omit<LoginOptions, 'provider' | 'clientId'> & {
  /** Where users sign in. @defaultValue `bouygues`, production. */
  readonly provider?: Provider | undefined
  /** The client's id. @defaultValue The environment variable `BOUYGUES_CLIENT_ID`. */
  readonly clientId?: Credential | undefined
}

/**
 * What Bouygues Telecom says of a user.
 *
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication User info}
 */
export type BouyguesUserInfo = UserInfo & {
  readonly name?: string
  readonly given_name?: string
  readonly family_name?: string
  /** How the user signed in, such as `COMPTE_WEB_PROSPECT`. */
  readonly login_type?: string
  /** What the user is, such as `CLIENT`. */
  readonly user_type?: string
  readonly roles?: readonly string[]
  /** How sure it is who signed in, such as `urn:bouyguestelecom:acr:classes:low`. */
  readonly acr?: string
  readonly partnerId?: string
  readonly target_identity?: boolean
}

/**
 * Makes what signs users of Bouygues Telecom in and out ("User login").
 *
 * No `scope` is sent by default, as on the page, whose answer grants `openid` nonetheless: what an application gets is
 * set at the portal. A `clientSecret` that is not given is read from `BOUYGUES_CLIENT_SECRET`.
 *
 * @throws `TypeError` if an option is missing or wrong.
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication User login}
 */
export const bouyguesLogin = (options: BouyguesLoginOptions): Login<BouyguesUserInfo> =>
  createLogin(fromEnvironment({ ...options, scope: options.scope ?? '' }, bouygues, 'BOUYGUES'))
