import { isOAuthError } from '@oauthkit/core'
import { signInLink } from '../pages/message-page.ts'
import { toApiError } from '../providers/api-error.ts'
import { Problem } from '../web/problem.ts'

const action = signInLink

/** Says why a callback without a sign-in leads nowhere. */
export const noSignIn = (why: 'used' | 'unknown' | 'expired', publicUrl: string): Problem =>
  why === 'used'
    ? new Problem(400, 'This sign-in is over', 'The address that you opened has been used already. It works once.', {
        action,
      })
    : why === 'unknown'
      ? new Problem(
          400,
          'This is not your sign-in',
          'The address that you opened belongs to no sign-in that was started in this browser, so nobody was signed in.',
          { action },
        )
      : new Problem(
          400,
          'Your sign-in has expired',
          `It took too long, or it was started in another browser or at another address than ${publicUrl}.`,
          { action },
        )

/** Says what the failure of a sign-in means for the user. */
export function loginProblem(error: unknown): unknown {
  if (!isOAuthError(error)) return error
  if (error.error === 'access_denied') {
    return new Problem(403, 'You did not sign in', 'You said no at Bouygues Telecom, or it did. Nothing was shared.', {
      action,
    })
  }
  if (error.code === 'TOKEN_MISSING' || error.error === 'invalid_grant') {
    return new Problem(400, 'Please sign in again', 'This sign-in is no longer good.', { action })
  }
  return toApiError('Bouygues Telecom', error)
}
