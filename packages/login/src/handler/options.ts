import type { OwnTokenSource, Token } from '@oauthkit/core'
import type { KyInstance } from 'ky'
import type { IdTokenClaims } from '../check-id-token.ts'
import type { Login } from '../create-login.ts'
import type { UserInfo } from '../fetch-user-info.ts'
import type { StartOptions } from '../start-login.ts'
import type { EndedIds } from './ended-ids.ts'
import type { LoginFailure } from './failure.ts'

/** The user of a session. It is plain JSON, and kept in an encrypted cookie, so it must be small. */
export type SessionUser = {
  /** The user's id, which is the `key` of the user's tokens. Two users must not have the same. */
  readonly id: string
}

/** The paths of the handler's routes. */
export type LoginPaths = {
  /** Starts a sign-in, by `GET`. */
  readonly login: string
  /** Where the provider sends the user back, by `GET`. */
  readonly callback: string
  /** Signs out, by `POST`. */
  readonly logout: string
}

/** What a sign-in has brought. */
export type FinishedLogin<Info extends UserInfo, Claims extends IdTokenClaims | undefined> = {
  /** The claims of the checked ID token. `undefined` for plain OAuth 2.0. */
  readonly claims: Claims
  /** The tokens of the user, such as for a request to the provider. */
  readonly token: Token
  /** The login, such as for `login.userInfo(token)`. */
  readonly login: Login<Info, Claims>
}

/** The options of {@link createLoginHandler}. Three are required: `login`, `tokensOf`, `secret`. */
export type LoginHandlerOptions<
  Info extends UserInfo = UserInfo,
  Claims extends IdTokenClaims | undefined = IdTokenClaims,
  User extends SessionUser = SessionUser,
> = {
  /**
   * Signs the users in: see `createLogin`. Its `redirectUri` is the URL of the callback. The handler takes from it where
   * browsers find your app, and whether that is with TLS.
   */
  readonly login: Login<Info, Claims>
  /**
   * Returns the token source of a user, by the user's id. The tokens must be stored under that id: see `tokensBy` of
   * `@oauthkit/core`. All sessions of a user, such as on two devices, have the same tokens.
   */
  readonly tokensOf: (userId: string) => OwnTokenSource
  /**
   * What the cookies are encrypted with: a random text of 32 characters or more, such as of `openssl rand -base64 32`. The
   * same for all processes.
   *
   * To replace a secret, give a list: the first one encrypts, and all decrypt. Remove the old one after `sessionMs`.
   */
  readonly secret: string | readonly string[] | undefined
  /**
   * Makes the user of the session from a sign-in. An error that it throws ends the sign-in, and the tokens are revoked.
   *
   * @defaultValue `({ claims }) => ({ id: claims.sub })`. Required for plain OAuth 2.0, which has no claims.
   */
  readonly toUser?: ((finished: FinishedLogin<Info, Claims>) => User | Promise<User>) | undefined
  /**
   * The paths of the handler's routes. `login` and `logout` are `/login` and `/logout` by default, and `callback` is the
   * path of the `redirectUri`. Give `callback` only if a proxy in front of your app changes the path.
   */
  readonly paths?: Partial<LoginPaths> | undefined
  /** The path where a user goes after a sign-in, if the link to it has no `returnTo`. @defaultValue `/` */
  readonly afterLogin?: string | undefined
  /**
   * The path where a user goes after a log-out. The URL must be registered at the provider, if the provider has an end
   * session endpoint: it is sent as `post_logout_redirect_uri`.
   *
   * @defaultValue `/`
   */
  readonly afterLogout?: string | undefined
  /** The options of `login.start`, such as parameters, or a function that makes them for a request. @defaultValue None */
  readonly startOptions?: StartOptions | ((request: Request) => StartOptions | Promise<StartOptions>) | undefined
  /**
   * Whether a log-out also ends the user's session at the provider. Give `false` if the provider has no end session endpoint.
   *
   * @defaultValue `true`
   */
  readonly endSession?: boolean | undefined
  /**
   * Whether a log-out revokes the user's tokens at the provider. Give `false` if the provider has no revocation endpoint.
   *
   * @defaultValue `true`
   */
  readonly revoke?: boolean | undefined
  /**
   * Whether a sign-in revokes the tokens that it replaces: those of an earlier sign-in of the same user. Some providers then
   * end all logins of the user at your app, also the new one.
   *
   * @defaultValue `false`
   */
  readonly revokeReplaced?: boolean | undefined
  /** How long a session lasts, in milliseconds. @defaultValue 28_800_000, eight hours */
  readonly sessionMs?: number | undefined
  /** How long a sign-in can take, in milliseconds. @defaultValue 600_000, ten minutes */
  readonly signInMs?: number | undefined
  /**
   * The name of the session's cookie. The names of the handler's other cookies begin with it. With TLS, `__Host-` comes
   * before it. Two handlers of one app need different ones.
   *
   * @defaultValue `session`
   */
  readonly cookieName?: string | undefined
  /**
   * A list of ended sign-ins and sessions, which all processes share. Without it, a cookie that an attacker has copied stays
   * valid after a log-out, until the session's end. If it fails, the handler answers a callback with 503, and `userOf` and
   * `kyOf` throw the error of the list.
   *
   * @defaultValue None
   */
  readonly ended?: EndedIds | undefined
  /** The ky client that `kyOf` extends, such as one with a `prefix`. @defaultValue That of the package `ky` */
  readonly ky?: KyInstance | undefined
  /**
   * Makes the response if a sign-in or a log-out fails. The handler adds what its cookies need.
   *
   * @defaultValue A small page in English that says what happened, with a link to sign in
   */
  readonly onFailure?: ((failure: LoginFailure, request: Request) => Response | Promise<Response>) | undefined
  /**
   * Called with each error that belongs in the log of the app:
   *
   * - why a sign-in failed, if the provider or a setting is the cause. With `onFailure`, that function gets this error instead.
   * - what failed without an effect for the user, such as the revocation at a log-out.
   *
   * @param error - one of oauthkit shows no secret. It can also be an error of your own functions.
   * @param what - what failed, in a few words.
   * @defaultValue A line on `console.warn`
   */
  readonly onWarning?: ((error: unknown, what: string) => void) | undefined
}

/** The options of a handler, complete and checked. */
export type HandlerSettings<
  Info extends UserInfo,
  Claims extends IdTokenClaims | undefined,
  User extends SessionUser,
> = Pick<LoginHandlerOptions<Info, Claims, User>, 'login' | 'tokensOf' | 'toUser' | 'ended' | 'ky' | 'onFailure'> & {
  readonly secrets: readonly string[]
  readonly paths: LoginPaths
  /** Where browsers find the app. */
  readonly origin: string
  readonly isSecure: boolean
  /** The path of the login as browsers see it. A proxy can remove the beginning of all paths. */
  readonly loginPath: string
  readonly afterLogin: string
  readonly afterLogout: string
  readonly startOptions: (request: Request) => StartOptions | Promise<StartOptions>
  readonly endSession: boolean
  readonly revoke: boolean
  readonly revokeReplaced: boolean
  readonly sessionMs: number
  readonly signInMs: number
  readonly cookieName: string
  readonly warn: (error: unknown, what: string) => void
}
