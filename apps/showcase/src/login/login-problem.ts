import type { LoginFailure } from '@oauthkit/login/handler'
import { signInLink } from '../pages/message-page.ts'
import { toApiError } from '../providers/api-error.ts'
import { problemOf } from '../web/problem-of.ts'
import { Problem } from '../web/problem.ts'
import { otherSite } from '../web/same-origin.ts'

const action = signInLink

/** Says what the failure of a sign-in or a log-out means for the user. */
export function loginProblem({ reason, status, message, error }: LoginFailure, publicUrl: string): Problem {
  if (error && (reason === 'refused' || reason === 'unavailable')) {
    return problemOf(toApiError('Bouygues Telecom', error))
  }
  if (reason === 'denied') {
    return new Problem(status, 'You did not sign in', 'The sign-in was cancelled. This site received no data.', {
      action,
    })
  }
  if (reason === 'expired') {
    return new Problem(
      status,
      'Your sign-in has ended',
      `It took too long, it was finished before, or it was started in another browser or at another address than ${publicUrl}.`,
      { action },
    )
  }
  if (reason === 'cross-site') return otherSite()
  return new Problem(status, 'Not possible', message, { action })
}
