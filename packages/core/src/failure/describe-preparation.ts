import type { SentRequest } from '../endpoint/call-endpoint.ts'
import { errorCode } from '../error-code.ts'
import { oauthError } from '../errors.ts'
import type { Redact } from './redactor.ts'

/**
 * Makes the error of a request that could not be prepared: a function of the grant or of the client authentication
 * failed.
 *
 * A `TypeError` is wrong use, and stays one. A network error, such as that of a signing service, becomes an OAuthError:
 * an HTTP client would mistake it for its own, and would send the API call again.
 */
export function describePreparation({ provider: { name } }: SentRequest, error: unknown, redact: Redact): Error {
  if (!(error instanceof TypeError) || error.cause !== undefined) {
    const what = `the request could not be prepared (${redact(errorCode(error))}): try again later`
    return oauthError(name, 'TOKEN_UNAVAILABLE', what)
  }
  const [message = '', stack = ''] = [error.message, error.stack].map(String)
  // The platform's message about a header quotes its value, which is a secret of the client authentication.
  if (/\bheader/i.test(message) && /["'`]/.test(message))
    return new TypeError(`${name}: the client authentication set a header to a value that no header can have`)
  const isSafe = redact(message + stack) === message + stack && Object.keys(error).length === 0
  return new TypeError(`${name}: ${redact(message)}`, isSafe ? { cause: error } : {})
}
