import { bearer, type Token } from '@oauthkit/core'
import { oauthError } from '@oauthkit/core/plugin'
import defaultKy, { type KyInstance } from 'ky'
import type { IdTokenClaims } from '../check-id-token.ts'
import type { UserInfo } from '../fetch-user-info.ts'
import { createCookies, type WithHeaders } from './cookies.ts'
import { errorPage } from './error-page.ts'
import { crossSite, failureOf, noSignIn, prefetched, wrongMethod, type LoginFailure } from './failure.ts'
import { resolveHandlerOptions, type LoginHandlerOptions, type LoginPaths, type SessionUser } from './options.ts'
import { resolveReturnTo } from './return-to.ts'
import { isSameOrigin } from './same-origin.ts'
import { createSealed } from './sealed.ts'
import { createSessions } from './sessions.ts'
import { createSignIns } from './sign-ins.ts'

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
   */
  userOf(request: WithHeaders): Promise<User | undefined>
  /**
   * Returns a ky client that makes its calls with the tokens of the user who is signed in.
   *
   * @throws `OAuthError` `TOKEN_MISSING` if no user is signed in. Calls of the client reject with the same code if the user's
   * tokens can no longer be renewed. In both cases, send the user to the login.
   */
  kyOf(request: WithHeaders): Promise<KyInstance>
  /** The paths of the routes. */
  readonly paths: LoginPaths
  /** Where browsers find the app, such as `https://app.example`. */
  readonly origin: string
}

/**
 * Makes the routes for signing users in and out, for each framework that has the `Request` and `Response` of `fetch`.
 *
 * Sign-ins and sessions are in encrypted cookies, so the server needs no session store. The tokens are never in a cookie: they
 * are in the store of the token source, under the user's id.
 *
 * @throws `TypeError` if an option is missing or wrong.
 * @example
 * ```ts
 * import { tokensBy } from '@oauthkit/core'
 * import { bouyguesLogin, bouyguesTokens, userLogin } from '@oauthkit/bouygues'
 * import { createLoginHandler } from '@oauthkit/login/handler'
 *
 * const store = new Map() // better a store that all processes share
 * const tokensOf = tokensBy((user) => bouyguesTokens({ grant: userLogin(), store, key: user }))
 * const login = bouyguesLogin({ redirectUri: 'https://app.example/callback' })
 * export const auth = createLoginHandler({ login, tokensOf, secret: process.env['SESSION_SECRET'] ?? '' })
 *
 * export default {
 *   fetch: async (request: Request) =>
 *     (await auth.handle(request)) ?? new Response(`Hello ${(await auth.userOf(request))?.id ?? 'stranger'}`),
 * }
 * ```
 */
export function createLoginHandler<
  Info extends UserInfo = UserInfo,
  Claims extends IdTokenClaims | undefined = IdTokenClaims,
  User extends SessionUser = SessionUser,
>(options: LoginHandlerOptions<Info, Claims, User>): LoginHandler<User> {
  const settings = resolveHandlerOptions(options)
  const { login, tokensOf, secrets, paths, origin, warn } = settings
  const cookies = createCookies(settings.cookieName, settings.isSecure)
  const purpose = (name: string) => `oauthkit ${name} ${login.redirectUri}`
  const signIns = createSignIns(cookies, createSealed(secrets, purpose('sign-in')), settings.signInMs)
  const sessions = createSessions<User>(
    cookies,
    createSealed(secrets, purpose('session')),
    settings.sessionMs,
    settings.ended,
  )

  const start: Route = async (request) => {
    const returnTo = new URL(request.url).searchParams.get('returnTo')
    const { url, transaction } = await login.start(settings.start(request))
    const signIn = { transaction, returnTo: resolveReturnTo(returnTo, origin) ?? settings.afterLogin }
    return redirect(url, await signIns.remember(request, signIn))
  }

  const finish: Route = async (request) => {
    const { pathname, search, searchParams } = new URL(request.url)
    const [state, ...others] = searchParams.getAll('state')
    const { signIn, headers } = await signIns.take(request, others.length > 0 ? undefined : state)
    const isFirst = signIn && ((await settings.ended?.add(signIn.transaction.state, settings.signInMs)) ?? true)
    if (!isFirst) return { ...noSignIn(), cookies: headers }
    try {
      // A proxy that changes the path has no effect on the query.
      const callback = paths.callback === new URL(login.redirectUri).pathname ? pathname + search : search
      const { token, claims } = await login.finish(callback, signIn.transaction)
      const cookie = await keep(token, claims).catch(async (error: unknown) => {
        // The user is not signed in, so no log-out would revoke it.
        await revoke(token)
        throw error
      })
      const before = await sessions.find(request)
      if (before) await sessions.end(before)
      return redirect(signIn.returnTo, [...headers, cookie])
    } catch (error) {
      return { ...failureOf(error), cookies: headers }
    }
  }

  /** Stores the tokens of a user who has signed in. Returns the header that begins the session. */
  const keep = async (token: Token, claims: Claims): Promise<string> => {
    const user = await toUser({ token, claims, login })
    const cookie = await sessions.begin(user)
    const source = tokensOf(user.id)
    const replaced = settings.revokeReplaced ? await source.clear() : undefined
    await source.setToken(token)
    if (replaced) await revoke(replaced)
    return cookie
  }

  const toUser: typeof settings.toUser & {} = async (finished) => {
    const { claims, token } = finished
    if (!settings.toUser && claims === undefined)
      throw new TypeError('createLoginHandler: toUser is missing: without OpenID Connect, nothing says who the user is')
    const user = settings.toUser ? await settings.toUser(finished) : ({ id: claims?.sub } as unknown as User)
    if (typeof user?.id !== 'string' || user.id === '')
      throw new TypeError(
        'createLoginHandler: toUser must return an object with the id of the user, a text that is not empty',
      )
    const text = JSON.stringify(user)
    if ([token.accessToken, token.refreshToken, token.idToken].some((secret) => secret && text.includes(secret)))
      throw new TypeError('createLoginHandler: toUser must not return a token: tokens are in the store')
    return user
  }

  const revoke = async (token: Token) => {
    if (settings.revoke) await login.revoke(token).catch((error: unknown) => warn(error, 'the revocation of tokens'))
  }

  const signOut: Route = async (request) => {
    if (!isSameOrigin(request, origin)) return { ...crossSite(), cookies: [] }
    const session = await sessions.find(request)
    let token: Token | undefined
    if (session) {
      await sessions.end(session)
      token = await tokensOf(session.user.id)
        .clear()
        .catch((error: unknown) => {
          warn(error, 'the removal of tokens')
          return undefined
        })
      if (token) await revoke(token)
    }
    return redirect(await afterLogout(token), [sessions.remove])
  }

  const afterLogout = async (token: Token | undefined): Promise<string> => {
    if (!settings.endSession) return settings.afterLogout
    return login.endSessionUrl({ token, postLogoutRedirectUri: settings.afterLogout }).catch((error: unknown) => {
      warn(error, 'the end of the session at the provider')
      return settings.afterLogout
    })
  }

  const routes = new Map<string, readonly [method: string, route: Route]>([
    [paths.login, ['GET', start]],
    [paths.callback, ['GET', finish]],
    [paths.logout, ['POST', signOut]],
  ])

  const answer = async (request: Request, [method, route]: readonly [string, Route]): Promise<Result> => {
    if (request.method !== method) return { ...wrongMethod(method), cookies: [] }
    if (request.headers.get('sec-purpose')?.includes('prefetch')) return { ...prefetched(), cookies: [] }
    try {
      return await route(request)
    } catch (error) {
      return { ...failureOf(error), cookies: [] }
    }
  }

  return {
    paths,
    origin,
    handle: async (request) => {
      const route = routes.get(new URL(request.url).pathname)
      if (!route) return undefined
      const result = await answer(request, route)
      if (result instanceof Response) return result
      const { cookies: setCookies, ...failure } = result
      const made = await (settings.onFailure?.(failure, request) ?? errorPage(failure, paths.login))
      return withHeaders(made, setCookies, failure.headers)
    },
    userOf: async (request) => (await sessions.find(request))?.user,
    kyOf: async (request) => {
      const session = await sessions.find(request)
      if (!session) throw oauthError(login.name, 'TOKEN_MISSING', 'no user is signed in in this browser: sign in')
      return (settings.ky ?? defaultKy).extend(bearer(tokensOf(session.user.id)))
    },
  }
}

/** A failure, and the headers of its cookies. */
type Failed = LoginFailure & { readonly cookies: readonly string[] }

type Result = Response | Failed

type Route = (request: Request) => Promise<Result>

/** Answers with another URL. The request to it is a GET, after a POST, too. */
const redirect = (location: string, cookies: readonly string[]): Response =>
  withHeaders(new Response(null, { status: 303, headers: { location } }), cookies)

/** Adds headers to a response. No cache keeps it, and no page that follows gets its URL, which can have a code. */
function withHeaders(
  response: Response,
  cookies: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Response {
  const headers = new Headers(response.headers)
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  const own = { ...more, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }
  for (const [name, value] of Object.entries(own)) headers.set(name, value)
  return new Response(response.body, { status: response.status, headers })
}
