import type { OwnTokenSource, Token } from '@oauthkit/core'
import { membersOf } from '@oauthkit/core/plugin'
import type { KyInstance } from 'ky'
import type { IdTokenClaims } from '../check-id-token.ts'
import type { Login } from '../create-login.ts'
import type { UserInfo } from '../fetch-user-info.ts'
import type { StartOptions } from '../start-login.ts'
import type { EndedIds } from './ended-ids.ts'
import type { LoginFailure } from './failure.ts'
import { resolveReturnTo } from './return-to.ts'

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
   * `@oauthkit/core`.
   */
  readonly tokensOf: (userId: string) => OwnTokenSource
  /**
   * What the cookies are encrypted with: a random text of 32 characters or more, such as of `openssl rand -base64 32`. The
   * same for all processes.
   *
   * To replace a secret, give a list: the first one encrypts, and all decrypt. Remove the old one after `sessionMs`.
   */
  readonly secret: string | readonly string[]
  /**
   * Makes the user of the session from a sign-in. An error that it throws ends the sign-in, and the tokens are revoked.
   *
   * @defaultValue `({ claims }) => ({ id: claims.sub })`. Required for plain OAuth 2.0, which has no claims.
   */
  readonly toUser?: ((finished: FinishedLogin<Info, Claims>) => User | Promise<User>) | undefined
  /**
   * The paths of the handler's routes. `login` and `logout` are `/login` and `/logout` by default, and `callback` is the
   * path of the `redirectUri`. Give it only if a proxy in front of your app changes the path.
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
  readonly start?: StartOptions | ((request: Request) => StartOptions) | undefined
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
   * The name of the session's cookie, with which the names of all other cookies begin, too. With TLS, `__Host-` comes before
   * it. Two handlers of one app need different ones.
   *
   * @defaultValue `session`
   */
  readonly cookieName?: string | undefined
  /**
   * A list of ended sign-ins and sessions, which all processes share. Without it, a cookie that an attacker has copied stays
   * valid after a log-out, until the session's end.
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
   * Called if something fails that the user need not know, such as the revocation at a log-out.
   *
   * @param error - it shows no secret.
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
  readonly afterLogin: string
  readonly afterLogout: string
  readonly start: (request: Request) => StartOptions
  readonly endSession: boolean
  readonly revoke: boolean
  readonly revokeReplaced: boolean
  readonly sessionMs: number
  readonly signInMs: number
  readonly cookieName: string
  readonly warn: (error: unknown, what: string) => void
}

const names = new Set([
  'login',
  'tokensOf',
  'secret',
  'toUser',
  'paths',
  'afterLogin',
  'afterLogout',
  'start',
  'endSession',
  'revoke',
  'revokeReplaced',
  'sessionMs',
  'signInMs',
  'cookieName',
  'ended',
  'ky',
  'onFailure',
  'onWarning',
] satisfies (keyof LoginHandlerOptions)[] as string[])

/**
 * Checks and completes the options of a handler.
 *
 * @throws `TypeError` if one is missing or wrong.
 */
export function resolveHandlerOptions<
  Info extends UserInfo,
  Claims extends IdTokenClaims | undefined,
  User extends SessionUser,
>(given: LoginHandlerOptions<Info, Claims, User>): HandlerSettings<Info, Claims, User> {
  const options = membersOf(given)
  const fail = (what: string): never => {
    throw new TypeError(`createLoginHandler: ${what}`)
  }
  const unknown = Object.entries(options).find(([option, value]) => value !== undefined && !names.has(option))?.[0]
  if (unknown !== undefined) fail(`${unknown} is not an option: check its spelling`)
  const { login, tokensOf, secret, toUser, ended, ky, onFailure, onWarning } = options
  if (typeof login?.redirectUri !== 'string') fail('login must be made by createLogin')
  if (typeof tokensOf !== 'function') fail('tokensOf must be a function that returns the token source of a user')
  const secrets = [secret].flat()
  if (secrets.length === 0 || !secrets.every((one) => typeof one === 'string' && one.length >= 32))
    fail('secret must be a text of 32 characters or more, or a list of them: make one with openssl rand -base64 32')

  const { origin, pathname, protocol } = new URL(login.redirectUri)
  if (!/^https?:$/.test(protocol)) fail(`redirectUri must be https:, not ${protocol}`)
  const paths = { login: '/login', callback: pathname, logout: '/logout' }
  for (const name of ['login', 'callback', 'logout'] as const) {
    const path = options.paths?.[name] ?? paths[name]
    if (typeof path !== 'string' || !path.startsWith('/') || new URL(path, origin).href !== origin + path)
      fail(`paths.${name} must be a path, such as /${name}, as it is in the URL`)
    paths[name] = path
  }
  if (new Set(Object.values(paths)).size < 3) fail('paths must be different from each other')

  const pathOf = (name: 'afterLogin' | 'afterLogout'): string =>
    resolveReturnTo(options[name] ?? '/', origin) ?? fail(`${name} must be a path of your app, such as /`)
  const durationOf = (name: 'sessionMs' | 'signInMs', usual: number, most: number): number => {
    const ms = options[name] ?? usual
    return typeof ms === 'number' && ms >= 1000 && ms <= most
      ? ms
      : fail(`${name} must be a number of milliseconds from 1,000 to ${most.toLocaleString('en')}`)
  }
  const { cookieName = 'session', start = {}, endSession = true, revoke = true, revokeReplaced = false } = options
  // These are the characters of RFC 6265 §4.1.1 that need no care.
  if (typeof cookieName !== 'string' || !/^[\w.-]+$/.test(cookieName))
    fail('cookieName must be letters, digits, dots, hyphens and underscores')
  return {
    login,
    tokensOf,
    toUser,
    ended,
    ky,
    onFailure,
    secrets,
    paths,
    origin,
    start: typeof start === 'function' ? start : () => start,
    endSession,
    revoke,
    revokeReplaced,
    cookieName,
    isSecure: protocol === 'https:',
    afterLogin: pathOf('afterLogin'),
    afterLogout: pathOf('afterLogout'),
    sessionMs: durationOf('sessionMs', 28_800_000, 31_536_000_000),
    signInMs: durationOf('signInMs', 600_000, 3_600_000),
    warn:
      onWarning ??
      ((error, what) => console.warn(`${what} failed: ${error instanceof Error ? error.message : 'unknown error'}`)),
  }
}
