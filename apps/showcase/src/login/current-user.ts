import type { Request, RequestHandler, Response } from 'express'
import type { WithHeaders } from '@oauthkit/login/handler'
import { signInLink } from '../pages/message-page.ts'
import { Problem } from '../web/problem.ts'
import { sessionCookie } from './session-cookie.ts'
import type { User } from './user.ts'

/** Finds the user of a request, once. After it, {@link currentUser} knows the user. */
export const findUser =
  (userOf: (request: WithHeaders) => Promise<User | undefined>): RequestHandler =>
  async (request, response, next) => {
    response.locals['user'] = await userOf(request)
    next()
  }

/** Returns the user who is signed in, if there is one. */
export const currentUser = ({ locals }: Response): User | undefined => locals['user'] as User | undefined

/** Returns the user who is signed in. @throws {@link Problem} that asks to sign in, if there is none. */
export function requireUser({ headers }: Request, response: Response): User {
  const user = currentUser(response)
  if (user) return user
  const hadSession = headers.cookie?.includes(`${sessionCookie}=`)
  const text = hadSession ? 'Your session has ended.' : 'This page is for users who are signed in.'
  throw new Problem(401, hadSession ? 'Please sign in again' : 'Please sign in', text, { action: signInLink })
}
