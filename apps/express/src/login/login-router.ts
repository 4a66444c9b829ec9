/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 passes on what they reject with */
import type { BouyguesUserInfo } from '@oauthkit/bouygues'
import type { Token } from '@oauthkit/core'
import type { Login } from '@oauthkit/login'
import { Router, type RequestHandler } from 'express'
import { html } from '../pages/html.ts'
import { sendPage } from '../pages/send-page.ts'
import { signInLink } from '../pages/message-page.ts'
import type { UsedSignIns } from '../stores/used-sign-ins.ts'
import { loginProblem, noSignIn } from './login-problem.ts'
import { cookieName, cookieOptions, endSession, renewSession, saveSession } from './session.ts'
import { signInCookies } from './sign-in-cookies.ts'
import type { UserTokens } from './user-tokens.ts'
import { userOf } from './user-of.ts'

/** What {@link loginRouter} takes. */
export type LoginRouterOptions = {
  readonly login: Login<BouyguesUserInfo>
  readonly tokensOf: (user: string) => UserTokens
  /** Where browsers find the app. */
  readonly publicUrl: string
  /** What the cookies of sign-ins are encrypted with. */
  readonly sessionSecrets: readonly string[]
  /** The sign-ins that are over. */
  readonly used: UsedSignIns
}

/**
 * Signs users in and out: `/login`, `/callback`, `/logout`, `/signed-out`. There is nothing at other spellings of these paths:
 * `login.finish` refuses a callback there, and it must not use up the sign-in.
 */
export function loginRouter({ login, tokensOf, publicUrl, sessionSecrets, used }: LoginRouterOptions): Router {
  const isSecure = publicUrl.startsWith('https:')
  const signIns = signInCookies({ secrets: sessionSecrets, isSecure, used })
  const start: RequestHandler = async (request, response) => {
    const { url, transaction } = await login.start().catch(failAs)
    await signIns.remember(request, response, transaction)
    response.redirect(303, url)
  }

  const finish: RequestHandler = async (request, response) => {
    const signIn = await signIns.take(request, response, request.query['state'])
    if (typeof signIn === 'string') throw noSignIn(signIn, publicUrl)
    const { token, claims } = await login.finish(request.originalUrl, signIn).catch(failAs)
    try {
      const user = userOf(await login.userInfo(token))
      await keepToken(claims.sub, token, request.log)
      await renewSession(request)
      request.session.user = user
      await saveSession(request)
    } catch (error) {
      // Nobody is signed in, so nobody would ever sign out.
      await revoke(token, request.log)
      failAs(error)
    }
    // The code is out of the address, and out of what a reload sends.
    response.redirect(303, '/profile')
  }

  const signOut: RequestHandler = async (request, response) => {
    const { user } = request.session
    await endSession(request)
    response.clearCookie(cookieName(isSecure), cookieOptions(isSecure))
    if (user) await forgetTokens(user.sub, request.log)
    const url = await login
      .endSessionUrl({ postLogoutRedirectUri: `${publicUrl}/signed-out` })
      .catch((error: Error) => {
        request.log.warn({ why: error.message }, 'the session at the provider may still be open')
        return '/signed-out'
      })
    response.locals['frame'] = { ...response.locals['frame'], userName: undefined }
    // Not a redirect: a form's answer may only redirect to where the content security policy lets forms go.
    response.set('Refresh', `0; url=${url}`)
    sendPage(response, {
      title: 'Signing out',
      content: html`<h1>You are signed out here</h1>
        <p><a href="${url}">Sign out at Bouygues Telecom as well</a>, where this page leads by itself.</p>`,
    })
  }

  /** Puts a token in the place of the one before it, which no sign-out would reach any more. */
  const keepToken = async (user: string, token: Token, log: Log) => {
    const { source, history } = tokensOf(user)
    const replaced = await source.clear()
    await source.setToken(token)
    history.holds(token, { mark: 'renewed', text: 'Got by your sign-in' })
    if (replaced) await revoke(replaced, log)
  }

  const forgetTokens = async (user: string, log: Log) => {
    const { source, history } = tokensOf(user)
    try {
      // What was forgotten, be it over or not.
      const token = await source.clear()
      history.forget()
      if (token) await revoke(token, log)
    } catch (error) {
      warn(error, log)
    }
  }

  const revoke = (token: Token, log: Log) => login.revoke(token).catch((error: unknown) => warn(error, log))

  return Router({ strict: true, caseSensitive: true })
    .head(['/login', '/callback'], onlyGet)
    .get('/login', start)
    .get('/callback', finish)
    .post('/logout', signOut)
    .get('/signed-out', signedOut)
}

/** Whoever looks at an address before it is opened must not use up the sign-in. */
const onlyGet: RequestHandler = (_request, response) => void response.set('Allow', 'GET').sendStatus(405)

type Log = { readonly warn: (details: object, text: string) => void }

/** The message holds nothing secret, and tokens end by themselves. */
const warn = (error: unknown, log: Log) =>
  log.warn({ why: error instanceof Error ? error.message : String(error) }, 'a token may still be alive')

const signedOut: RequestHandler = (_request, response) =>
  sendPage(response, {
    title: 'Signed out',
    content: html`<h1>You are signed out</h1>
      <p>Your session here is over, and your tokens are forgotten.</p>
      <p>${signInLink}</p>`,
  })

const failAs = (error: unknown): never => {
  throw loginProblem(error)
}
