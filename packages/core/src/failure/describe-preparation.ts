import type { SentRequest } from '../endpoint/call-endpoint.ts'
import { errorCode } from '../error-code.ts'
import { isOAuthError, oauthError } from '../errors.ts'
import { isHarmless, redactError } from './redact-error.ts'
import type { Redact } from './redactor.ts'

/**
 * Makes the error of a request that could not be prepared: a function of the grant or of the client authentication
 * failed. An OAuthError of such a function, or of `fetch`, keeps what it says.
 *
 * A `TypeError` is wrong use, and stays one. A network error, such as that of a signing service, becomes an OAuthError:
 * an HTTP client would mistake it for its own, and would send the API call again.
 */
export function describePreparation({ provider: { name } }: SentRequest, error: unknown, redact: Redact): Error {
  try {
    if (isOAuthError(error)) return redactError(error, redact)
    if (error instanceof TypeError && error.cause === undefined) return describeWrongUse(name, error, redact)
  } catch {
    // A getter or a proxy can throw.
  }
  const what = `the request could not be prepared (${redact(errorCode(error))}): try again later`
  return oauthError(name, 'TOKEN_UNAVAILABLE', what)
}

/** A log shows the cause with all its members, so it is kept only if it has no more than any error. */
function describeWrongUse(name: string, error: TypeError, redact: Redact): TypeError {
  const { message } = error
  // The platform's message about a header quotes its value, which is a secret of the client authentication.
  if (/\bheader/i.test(message) && /["'`]/.test(message))
    return new TypeError(`${name}: the client authentication set a header to a value that no header can have`)
  const shown = redact(aboutValue.test(message) ? message.replaceAll(quoted, '[redacted]') : message)
  const isKept = shown === message && isHarmless(error, new TypeError('x'), redact)
  return new TypeError(`${name}: ${shown}`, isKept ? { cause: error } : {})
}

/** What a platform's message is about if it can quote a value. */
const aboutValue = /\b(url|request|http|received)/i

/** The quoted value: between quotes, as a URL, or before words such as `is not a valid URL`. */
const quoted = /(["'`]).*\1|[\w+.-]{0,20}:\/\/(.*@)?\S*|(?<=: ).*(?= is not a)/gs
