import type { KyInstance } from 'ky'
import type { WithHeaders } from './cookies.ts'
import type { LoginPaths, SessionUser } from './options.ts'

/** Signs users in and out on the routes of an app, and knows who is signed in. */
export type LoginHandler<User extends SessionUser = SessionUser> = {
  /**
   * Answers a request to one of the routes: the page that starts a sign-in, the callback, and the log-out. Returns
   * `undefined` for all other requests.
   *
   * - `GET /login?returnTo=/profile` starts a sign-in. Use a link, not a script: the user goes to the provider.
   * - `GET /callback` is where the user comes back.
   * - `POST /logout` signs out. Use a form, so that no link and no other site can do it.
   *
   * @throws What your functions throw, such as `toUser`, and `TypeError` if a setting is wrong. All refusals of the provider
   * are responses: see `onFailure`.
   */
  handle(request: Request): Promise<Response | undefined>
  /**
   * Returns the user who is signed in, or `undefined`. It makes no request, unless there is a list of `ended` sessions.
   *
   * @param request - the request, or an object with its headers, such as the request of Node.js or Express.
   * @throws What the list of `ended` sessions throws, if there is one.
   */
  userOf(request: WithHeaders): Promise<User | undefined>
  /**
   * Returns a ky client that makes its calls with the tokens of the user who is signed in.
   *
   * @throws `OAuthError` `TOKEN_MISSING` if no user is signed in. Calls of the client reject with the same code if the user's
   * tokens can no longer be renewed. In both cases, send the user to the login.
   */
  kyOf(request: WithHeaders): Promise<KyInstance>
  /**
   * Returns the URL for a link to the login.
   *
   * @param returnTo - the path where the user goes after the sign-in, such as `/profile?tab=1`. @defaultValue `afterLogin`
   */
  loginUrl(returnTo?: string): string
  /** The paths of the routes. */
  readonly paths: LoginPaths
  /** Where browsers find the app, such as `https://app.example`. */
  readonly origin: string
}
