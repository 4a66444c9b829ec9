import { bearer, isOAuthError, type Token } from '@oauthkit/core'
import { oauthError } from '@oauthkit/core/plugin'
import defaultKy from 'ky'
import type { IdTokenClaims } from '../check-id-token.ts'
import type { UserInfo } from '../fetch-user-info.ts'
import { createCookies } from './cookies.ts'
import { errorPage } from './error-page.ts'
import { crossSite, failureOf, noSignIn, prefetched, unavailable, wrongMethod } from './failure.ts'
import type { LoginHandler } from './login-handler.ts'
import type { FinishedLogin, LoginHandlerOptions, SessionUser } from './options.ts'
import { resolveHandlerOptions } from './resolve-options.ts'
import { isPrefetch, redirect, withHeaders, type Result, type Route } from './respond.ts'
import { resolveReturnTo } from './return-to.ts'
import { isSameOrigin } from './same-origin.ts'
import { createSealed } from './sealed.ts'
import { createSessions, type Session } from './sessions.ts'
import { createSignIns } from './sign-ins.ts'

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
 * export const auth = createLoginHandler({ login, tokensOf, secret: process.env['SESSION_SECRET'] })
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
  const { login, tokensOf, secrets, paths, origin, loginPath, ended, warn } = settings
  const cookies = createCookies(settings.cookieName, settings.isSecure)
  const purpose = (name: string) => `oauthkit ${name} ${login.name} ${login.redirectUri}`
  const signIns = createSignIns(cookies, createSealed(secrets, purpose('sign-in')), settings.signInMs)
  const sessions = createSessions<User>(cookies, createSealed(secrets, purpose('session')), settings.sessionMs, ended)

  /** Does a part of a log-out. What fails does not stop the others. */
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      warn(error, what)
      return undefined
    }
  }

  const start: Route = async (request) => {
    const returnTo = new URL(request.url).searchParams.get('returnTo')
    const { url, transaction } = await login.start(await settings.startOptions(request))
    const signIn = { transaction, returnTo: resolveReturnTo(returnTo, origin) ?? settings.afterLogin }
    return redirect(url, await signIns.remember(request, signIn))
  }

  const finish: Route = async (request) => {
    const { pathname, search, searchParams } = new URL(request.url)
    const [state, ...others] = searchParams.getAll('state')
    const { signIn, headers } = await signIns.take(request, others.length > 0 ? undefined : state)
    let isFirst = signIn !== undefined
    try {
      if (signIn && ended) isFirst = await ended.add(signIn.transaction.state, settings.signInMs)
    } catch (error) {
      warn(error, 'the list of ended sessions')
      return { ...unavailable(), cookies: headers }
    }
    if (!signIn || !isFirst) {
      // A user who is signed in has loaded the page of the callback again.
      const session = await attempt('the list of ended sessions', () => sessions.find(request))
      return session ? redirect(settings.afterLogin, headers) : { ...noSignIn(), cookies: headers }
    }
    try {
      // A proxy that changes the path has no effect on the query.
      const callback = paths.callback === new URL(login.redirectUri).pathname ? pathname + search : search
      const { token, claims } = await login.finish(callback, signIn.transaction)
      const { user, cookie } = await keep(token, claims).catch(async (error: unknown) => {
        // The user is not signed in, so no log-out would revoke it.
        await revoke(token)
        throw error
      })
      const before = await findLeft(request)
      const left = before && (await leave(before, user.id))
      if (left) await revoke(left)
      return redirect(signIn.returnTo, [...headers, cookie])
    } catch (error) {
      return { ...failureOf(error), cookies: headers }
    }
  }

  /** Stores the tokens of a user who has signed in. Returns the user, and the header that begins the session. */
  const keep = async (token: Token, claims: Claims) => {
    const user = await toUser({ token, claims, login })
    const cookie = await sessions.begin(user)
    const source = tokensOf(user.id)
    const replaced = settings.revokeReplaced
      ? await attempt('the removal of replaced tokens', () => source.clear())
      : undefined
    await source.setToken(token).catch((error: unknown) => {
      // If only the store failed, the source has the token, and writes it later.
      const isKept = isOAuthError(error) && source.peek() === `Bearer ${token.accessToken}`
      if (!isKept) throw error
      warn(error, 'the storage of tokens')
    })
    if (replaced) await revoke(replaced)
    return { user, cookie }
  }

  const toUser = async (finished: FinishedLogin<Info, Claims>): Promise<User> => {
    const { claims, token } = finished
    const fail = (what: string): never => {
      throw new TypeError(`createLoginHandler: ${what}`)
    }
    const made = settings.toUser ? await settings.toUser(finished) : { id: claims?.sub }
    // What the cookie has is plain JSON, and has no prototype of its own.
    const text = JSON.stringify(made) ?? 'null'
    const user = JSON.parse(text) as User | null
    if (!user || !Object.hasOwn(user, 'id') || typeof user.id !== 'string' || user.id === '')
      return fail('toUser must return an object with the id of the user, a text that is not empty')
    if ([token.accessToken, token.refreshToken, token.idToken].some((secret) => secret && text.includes(secret)))
      fail('toUser must not return a token: tokens are in the store')
    return user
  }

  const revoke = async (token: Token) => {
    if (settings.revoke) await attempt('the revocation of tokens', () => login.revoke(token))
  }

  /** Finds the session that this request ends. If the list of ended sessions fails, the cookie alone decides. */
  const findLeft = (request: Request) =>
    sessions.find(request).catch((error: unknown) => {
      warn(error, 'the list of ended sessions')
      return sessions.read(request)
    })

  /** Ends a session. Its user's tokens are removed, unless the same user is signed in again. Returns them. */
  const leave = async (session: Session<User>, nextUser?: string): Promise<Token | undefined> => {
    await attempt('the end of the session', () => sessions.end(session))
    if (session.user.id === nextUser) return undefined
    return attempt('the removal of tokens', async () => tokensOf(session.user.id).clear())
  }

  const signOut: Route = async (request) => {
    if (!isSameOrigin(request, origin)) return { ...crossSite(), cookies: [] }
    const session = await findLeft(request)
    const token = session && (await leave(session))
    const [location] = await Promise.all([afterLogout(token), token && revoke(token)])
    return redirect(location, [sessions.remove])
  }

  const afterLogout = async (token: Token | undefined): Promise<string> => {
    const { afterLogout: url } = settings
    if (!settings.endSession) return url
    const end = () => login.endSessionUrl({ token, postLogoutRedirectUri: url })
    return (await attempt('the end of the session at the provider', end)) ?? url
  }

  const routes = new Map<string, readonly [method: string, route: Route]>([
    [paths.login, ['GET', start]],
    [paths.callback, ['GET', finish]],
    [paths.logout, ['POST', signOut]],
  ])

  const answer = async (request: Request, [method, route]: readonly [string, Route]): Promise<Result> => {
    if (request.method !== method) return { ...wrongMethod(method), cookies: [] }
    if (isPrefetch(request)) return { ...prefetched(), cookies: [] }
    try {
      return await route(request)
    } catch (error) {
      return { ...failureOf(error), cookies: [] }
    }
  }

  return {
    paths,
    origin,
    loginUrl: (returnTo) =>
      returnTo === undefined ? loginPath : `${loginPath}?${new URLSearchParams({ returnTo }).toString()}`,
    handle: async (request) => {
      const route = routes.get(new URL(request.url).pathname)
      if (!route) return undefined
      const result = await answer(request, route)
      if (result instanceof Response) return result
      const { cookies: setCookies, ...failure } = result
      // An app with `onFailure` writes its own log.
      if (failure.error && failure.status >= 500 && !settings.onFailure) warn(failure.error, 'the sign-in')
      const made = (await settings.onFailure?.(failure, request)) ?? errorPage(failure, loginPath)
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
