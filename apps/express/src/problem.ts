import { isOAuthError } from '@oauthkit/core'
import type { ErrorRequestHandler } from 'express'
import { isHTTPError, isKyError } from 'ky'

/** An error that the user can be told. */
export class Problem extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Answers with problem details (RFC 9457). The error itself is only in the log. */
export const answerWithProblem: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const { status, message: title } = problemOf(error)
  if (status >= 500) request.log.error(String(error))
  if (response.headersSent) next(error)
  else response.status(status).type('application/problem+json').send(JSON.stringify({ status, title }))
}

/** What an error means for the user. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (isOAuthError(error)) {
    if (error.code === 'TOKEN_MISSING') return new Problem(401, 'Please sign in at /login')
    return error.code === 'TOKEN_UNAVAILABLE' ? tryLater : refused
  }
  if (isHTTPError(error)) return error.response.status === 429 || error.response.status >= 500 ? tryLater : refused
  // No connection, or no answer in time.
  if (isKyError(error)) return tryLater
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500
  return status < 500 ? new Problem(status, 'This request cannot be answered') : new Problem(500, 'This is our mistake')
}

const tryLater = new Problem(503, 'The provider is not available at the moment: please try again')
const refused = new Problem(502, 'The provider refused the call')
