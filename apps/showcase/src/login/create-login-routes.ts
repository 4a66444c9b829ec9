import type { BouyguesUserInfo } from '@oauthkit/bouygues'
import type { Login } from '@oauthkit/login'
import { createLoginHandler, type EndedIds, type LoginHandler } from '@oauthkit/login/handler'
import type { Logger } from 'pino'
import { messagePage } from '../pages/message-page.ts'
import { page, type Frame } from '../pages/page.ts'
import { toApiError } from '../providers/api-error.ts'
import { loginProblem } from './login-problem.ts'
import { sessionCookie } from './session-cookie.ts'
import type { UserTokens } from './user-tokens.ts'
import { createUser, type User } from './user.ts'

/** The options of {@link createLoginRoutes}. */
export type LoginRoutesOptions = {
  readonly login: Login<BouyguesUserInfo>
  readonly tokensOf: (user: string) => UserTokens
  /** The sign-ins and sessions that are over. */
  readonly ended: EndedIds
  /** Where browsers find the app. */
  readonly publicUrl: string
  /** The secrets that encrypt the cookies. The first one encrypts, and all decrypt. */
  readonly sessionSecrets: readonly string[]
  /** How long a session lasts, in milliseconds. */
  readonly sessionMs: number
  /** Makes the frame of a page that says what failed. */
  readonly frameOf: (path: string, userName: string | undefined) => Frame
  readonly log: Logger
}

/** Creates the routes `/login`, `/callback` and `/logout`. After a log-out, the user is at `/signed-out`. */
export function createLoginRoutes(options: LoginRoutesOptions): LoginHandler<User> {
  const { login, tokensOf, ended, publicUrl, sessionSecrets, sessionMs, frameOf, log } = options
  const routes: LoginHandler<User> = createLoginHandler({
    login,
    tokensOf: (user) => tokensOf(user).recorded,
    secret: sessionSecrets,
    sessionMs,
    cookieName: sessionCookie,
    ended,
    toUser: async ({ token }) => createUser(await login.userInfo(token)),
    // A log-out cannot reach the tokens of an earlier sign-in any more.
    revokeReplaced: true,
    afterLogin: '/profile',
    afterLogout: '/signed-out',
    onWarning: (error, what) => log.warn({ why: toApiError('Bouygues Telecom', error).message }, `${what} failed`),
    onFailure: async (failure, request) => {
      const { status, title, message, action } = loginProblem(failure, publicUrl)
      if (failure.error && status >= 500) {
        const { reason, message: why } = toApiError('Bouygues Telecom', failure.error)
        log.error({ reason, why }, title)
      }
      const user = await routes.userOf(request)
      const frame = frameOf(new URL(request.url).pathname, user?.name)
      const headers = { 'Content-Type': 'text/html; charset=utf-8' }
      return new Response(page(messagePage(title, message, action), frame), { status, headers })
    },
  })
  return routes
}
