import type { ErrorRequestHandler, RequestHandler } from 'express'
import { messagePage } from '../pages/message-page.ts'
import { sendPage } from '../pages/send-page.ts'
import { ApiError } from '../providers/api-error.ts'
import { problemOf } from './problem-of.ts'
import { StoreError } from '../stores/store-error.ts'
import { Problem } from './problem.ts'

/** Answers requests to unknown paths. */
export const notFound: RequestHandler = (_request, _response, next) =>
  next(new Problem(404, 'Page not found', 'There is nothing at this address.'))

/**
 * Answers the errors that handlers throw, with a page, or with problem details if the client asks for JSON. Only the log gets
 * the error itself.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9457.html RFC 9457}
 */
export const errorHandler: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const problem = problemOf(error)
  const { status, title, message, action, retryAfterSeconds } = problem
  if (status >= 500) {
    request.log.error(detailsOf(error), title)
  }
  // Too late for another response: Express ends the connection, so the client notices that the first one is not complete.
  if (response.headersSent) {
    next(error)
    return
  }
  // The headers of a file, which caches can keep, are set already.
  response.set('Cache-Control', 'no-store')
  if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds))
  response.status(status)
  if (request.accepts(['html', 'json']) === 'json') {
    response.type('application/problem+json').send(JSON.stringify({ title, status, detail: message }))
  } else sendPage(response, messagePage(title, message, action))
}

/** A line is enough for the errors of others. The mistakes of the app need the stack. */
function detailsOf(error: unknown): object {
  if (error instanceof ApiError) return { reason: error.reason, why: error.message }
  if (error instanceof StoreError) return { reason: 'store', why: error.message }
  return { err: error }
}
