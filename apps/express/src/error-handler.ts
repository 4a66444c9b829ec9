import type { ErrorRequestHandler } from 'express'
import { messagePage } from './message-page.ts'
import { OrangeError, type OrangeErrorReason } from './orange-error.ts'

type Failure = { readonly status: number; readonly title: string; readonly text: string }

/** 503 where trying again may help, 502 where somebody has to mend something first. */
const orangeFailures: Readonly<Record<OrangeErrorReason, Failure>> = {
  unavailable: {
    status: 503,
    title: 'Orange is not available',
    text: 'Orange did not answer in time, or asks us to wait. Please try again in a moment.',
  },
  refused: {
    status: 502,
    title: 'Credentials refused',
    text: 'Orange refused the credentials of this site. Trying again will not help until we have corrected them.',
  },
  unexpected: {
    status: 502,
    title: 'Unexpected answer',
    text: 'Orange answered in a way that we did not understand, so we have no shops to show you.',
  },
}

const ownFailure: Failure = {
  status: 500,
  title: 'Something went wrong',
  text: 'This is our mistake. Please try again later.',
}

/** Turns what handlers throw into a page; the details go to the log only. */
export function createErrorHandler(log: (entry: string) => void): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const failure = failureOf(error)
    if (failure.status >= 500) {
      // Orange's failures are told in a line; our own need the stack.
      const details = error instanceof Error && !(error instanceof OrangeError) ? error.stack : String(error)
      log(`${request.method} ${request.path} ${failure.status} ${details}`)
    }
    // Too late for a page: Express then ends the connection, so that nobody takes half an answer for a whole one.
    if (response.headersSent) {
      next(error)
      return
    }
    if (error instanceof OrangeError && error.retryAfterSeconds !== undefined) {
      response.set('Retry-After', String(error.retryAfterSeconds))
    }
    response.status(failure.status).send(messagePage(failure.title, failure.text))
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof OrangeError) return orangeFailures[error.reason]
  // Express and its middleware report requests that they cannot serve by errors with a status.
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500
  if (!(status >= 400 && status < 500)) return ownFailure
  return { status, title: 'Bad request', text: 'Your browser asked for something that we cannot serve.' }
}
