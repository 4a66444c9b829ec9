import { signInLink } from '../pages/message-page.ts'
import { ApiError, type ApiErrorReason } from '../providers/api-error.ts'
import { StoreError } from '../stores/store-error.ts'
import { Problem } from './problem.ts'

/** Says what an error means for the visitor. Nothing of the error itself is in it. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof ApiError) return apiProblems[error.reason](error)
  if (error instanceof StoreError) {
    return new Problem(
      503,
      'Not available at the moment',
      'We cannot look up your session. Please try again in a moment.',
    )
  }
  // Express and its middleware report requests that they cannot serve by errors with a status.
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500
  return status >= 400 && status < 500
    ? new Problem(status, 'Bad request', 'Your browser asked for something that this site cannot serve.')
    : new Problem(500, 'Something went wrong', 'This is a mistake of this site. Please try again later.')
}

/** 503 if another attempt can help, and 502 if the operator or the developer has to correct something first. */
const apiProblems: Readonly<Record<ApiErrorReason, (error: ApiError) => Problem>> = {
  unavailable: ({ provider, retryAfterSeconds }) =>
    new Problem(
      503,
      `${provider} is not available`,
      `${provider} did not answer in time, or asks us to wait. Please try again in a moment.`,
      { retryAfterSeconds },
    ),
  refused: ({ provider }) =>
    new Problem(
      502,
      'Credentials refused',
      `${provider} refused the credentials of this site. Trying again will not help until we have corrected them.`,
    ),
  'signed-out': () =>
    new Problem(401, 'Please sign in again', 'Your access has ended, or you signed out elsewhere.', {
      action: signInLink,
    }),
  unexpected: ({ provider }) =>
    new Problem(502, 'Unexpected answer', `${provider} sent an answer that this site did not understand.`),
}
