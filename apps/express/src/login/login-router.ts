/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 passes on what they reject with */
import type { BouyguesUserInfo } from '@oauthkit/bouygues'
import type { Login } from '@oauthkit/login'
import { Router, type RequestHandler } from 'express'
import { html } from '../pages/html.ts'
import { sendPage } from '../pages/send-page.ts'
import { signInLink } from '../pages/message-page.ts'
import { loginProblem, noSignIn } from './login-problem.ts'
import { cookieName, cookieOptions, endSession, renewSession, saveSession } from './session.ts'
import { rememberSignIn, takeSignIn } from './sign-ins.ts'
import type { UserTokens } from './user-tokens.ts'
import { userOf } from './user-of.ts'

/** What {@link loginRouter} takes. */
export type LoginRouterOptions = {
  readonly login: Login<BouyguesUserInfo>
  readonly tokensOf: (user: string) => UserTokens
  /** Where browsers find the app. */
  readonly publicUrl: string
}

/** Signs users in and out: `/login`, `/callback`, `/logout`, `/signed-out`. */
export function loginRouter({ login, tokensOf, publicUrl }: LoginRouterOptions): Router {
  const isSecure = publicUrl.startsWith('https:')
  const start: RequestHandler = async (request, response) => {
    const { url, transaction } = await login.start().catch(failAs)
    rememberSignIn(request.session, transaction)
    // Written before the browser leaves, or it might be back too early.
    await saveSession(request)
    response.redirect(303, url)
  }

  const finish: RequestHandler = async (request, response) => {
    const signIn = takeSignIn(request.session, request.query['state'])
    if (typeof signIn === 'string') throw noSignIn(signIn, publicUrl)
    await saveSession(request)
    const { token, claims } = await login.finish(request.originalUrl, signIn).catch(failAs)
    const info = await login.userInfo(token).catch(failAs)
    const { source, history } = tokensOf(claims.sub)
    await source.setToken(token).catch(failAs)
    history.holds(token, { mark: 'renewed', text: 'Got by your sign-in' })
    await renewSession(request)
    request.session.user = userOf(info)
    await saveSession(request)
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

  const forgetTokens = async (user: string, log: { warn: (details: object, text: string) => void }) => {
    const { source, history } = tokensOf(user)
    try {
      // What was forgotten, be it over or not.
      const token = await source.clear()
      history.forget()
      if (token) await login.revoke(token)
    } catch (error) {
      // The message holds nothing secret, and the tokens end by themselves.
      log.warn({ why: error instanceof Error ? error.message : String(error) }, 'a token may still be alive')
    }
  }

  return Router().get('/login', start).get('/callback', finish).post('/logout', signOut).get('/signed-out', signedOut)
}

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
