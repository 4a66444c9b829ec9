import type { Credential, Provider } from '@oauthkit/core'
import { fromEnvironment } from '@oauthkit/core/plugin'
import { createLogin, type ClaimsFor, type Login, type LoginOptions, type UserInfo } from '@oauthkit/login'
import { bouygues } from './bouygues.ts'

/** The options of {@link bouyguesLogin}: those of `createLogin`. Only `redirectUri` is required. */
export type BouyguesLoginOptions<Scope extends string | undefined = string | undefined> = Omit<
  LoginOptions<Scope>,
  'provider' | 'issuer' | 'clientId'
> & {
  /** Where users sign in. @defaultValue `bouygues`, production. */
  readonly provider?: Provider | undefined
  /** The client's id. @defaultValue The environment variable `BOUYGUES_CLIENT_ID`. */
  readonly clientId?: Credential | undefined
}

/**
 * The data of Bouygues Telecom about a user.
 *
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication User info}
 */
export type BouyguesUserInfo = UserInfo & {
  /** The full name. */
  readonly name?: string
  /** The first name. */
  readonly given_name?: string
  /** The last name. */
  readonly family_name?: string
  /** How the user signed in, such as `COMPTE_WEB_PROSPECT`. */
  readonly login_type?: string
  /** The kind of user, such as `CLIENT`. */
  readonly user_type?: string
  /** The roles of the user. */
  readonly roles?: readonly string[]
  /** How certain the user's identity is, such as `urn:bouyguestelecom:acr:classes:low`. */
  readonly acr?: string
  /** The id of the partner that the user belongs to. */
  readonly partnerId?: string
  /** The value that the provider sends under this name. Its documentation does not explain it. */
  readonly target_identity?: boolean
}

/**
 * Makes a login, which signs users of Bouygues Telecom in and out ("User login").
 *
 * By default it sends no `scope`, as in the documentation's example. The response there still grants `openid`, because
 * the portal sets the rights of each application. By default, `clientSecret` is the environment variable
 * `BOUYGUES_CLIENT_SECRET`.
 *
 * @throws `TypeError` if an option is missing or wrong.
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication User login}
 * @example
 * ```ts
 * import { bouyguesLogin } from '@oauthkit/bouygues'
 *
 * const login = bouyguesLogin({ redirectUri: 'https://app.example/callback' })
 *
 * // GET /login: redirect to `url`, and keep `transaction` in the session.
 * export const start = () => login.start()
 * ```
 */
export const bouyguesLogin = <const Scope extends string | undefined = undefined>(
  options: BouyguesLoginOptions<Scope>,
): Login<BouyguesUserInfo, ClaimsFor<Scope>> =>
  createLogin<BouyguesUserInfo, Scope>(
    fromEnvironment({ ...options, scope: options.scope ?? ('' as Scope) }, bouygues, 'BOUYGUES'),
  )
