import type { Request } from 'express'
import { signInLink } from '../pages/message-page.ts'
import { Problem } from '../web/problem.ts'
import type { User } from './session.ts'

/** Gives the user who is signed in. @throws {@link Problem} that asks to sign in, if nobody is. */
export function requireUser({ session, headers }: Request): User {
  if (session.user) return session.user
  const hadSession = headers.cookie?.includes('session=')
  const text = hadSession ? 'Your session has ended.' : 'This page is for users who are signed in.'
  throw new Problem(401, hadSession ? 'Please sign in again' : 'Please sign in', text, { action: signInLink })
}
