import type { ErrorRequestHandler, RequestHandler } from 'express'
import { messagePage } from '../pages/message-page.ts'
import { sendPage } from '../pages/send-page.ts'
import { ApiError } from '../providers/api-error.ts'
import { problemOf } from './problem-of.ts'
import { StoreError } from '../stores/store-error.ts'
import { Problem } from './problem.ts'

/** Says that there is nothing at an address. */
export const notFound: RequestHandler = (_request, _response, next) =>
  next(new Problem(404, 'Page not found', 'There is nothing at this address.'))

/**
 * Answers what handlers throw: by a page, or by problem details for who asks for JSON. The log alone gets the error itself.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9457.html RFC 9457}
 */
export const errorHandler: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const problem = problemOf(error)
  const { status, title, message, action, retryAfterSeconds } = problem
  if (status >= 500) {
    request.log.error(detailsOf(error), title)
  }
  // Too late for an answer: Express then ends the connection, so that nobody takes half of one for a whole one.
  if (response.headersSent) {
    next(error)
    return
  }
  // Of a file, whose headers are set already, caches may keep more.
  response.set('Cache-Control', 'no-store')
  if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds))
  response.status(status)
  if (request.accepts(['html', 'json']) === 'json') {
    response.type('application/problem+json').send(JSON.stringify({ title, status, detail: message }))
  } else sendPage(response, messagePage(title, message, action))
}

/** What others fail at is told in a line; our own mistakes need the stack. */
function detailsOf(error: unknown): object {
  if (error instanceof ApiError) return { reason: error.reason, why: error.message }
  if (error instanceof StoreError) return { reason: 'store', why: error.message }
  return { err: error }
}
