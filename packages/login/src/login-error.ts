import {
  isOAuthError,
  type OAuthError,
  type OAuthErrorCode,
  type OAuthErrorDetails,
  type Provider,
} from '@oauthkit/core'
import { oauthError } from '@oauthkit/core/plugin'
import {
  AuthorizationResponseError,
  JWT_TIMESTAMP_CHECK,
  OperationProcessingError,
  UnsupportedOperationError,
} from 'oauth4webapi'

/**
 * Turns an error of `step` into an `OAuthError`. Returns a `TypeError` about wrong use unchanged.
 *
 * The `OAuthError` has no cause, because the errors of the OpenID Connect library hold responses and tokens.
 *
 * @param isNamed - whether an `OAuthError` must say the step, too.
 * @param redact - removes the secrets of the sign-in from what the provider says.
 */
export function loginError(
  { name }: Provider,
  step: string,
  error: unknown,
  isNamed = false,
  redact: (text: string) => string = (text) => text,
): unknown {
  if (isOAuthError(error))
    return isNamed ? oauthError(name, error.code, `${step}: ${error.message.replace(`${name}: `, '')}`, error) : error
  if (error instanceof TypeError && error.message.startsWith(`${name}: `)) return error
  const make = (code: OAuthErrorCode, what: string, details?: OAuthErrorDetails) =>
    oauthError(name, code, `${step}: ${what}`, details)

  if (error instanceof AuthorizationResponseError) return make(...callbackError(error, redact))
  const { status } = responseOf(error) ?? {}
  if (status === 408 || status === 429 || (status ?? 0) >= 500)
    return make('TOKEN_UNAVAILABLE', `the answer was ${status}: try again later`, { status })
  if (isTimeError(error) && isTooLongAgo(error))
    return make('TOKEN_MISSING', 'the user signed in longer ago than maxAge allows: sign in again')
  // The library's messages name the check that failed, and no values. Other messages could hold anything.
  const isLibrarys = error instanceof OperationProcessingError || error instanceof UnsupportedOperationError
  const reason = isLibrarys ? error.message : 'the answer cannot be used'
  const advice = `${isTimeError(error) ? 'check the clock of this machine; if it is right, ' : ''}do not trust this answer`
  return make('TOKEN_MALFORMED', `${reason}: ${advice}, and check the provider's data`, { status })
}

/** Whether an error means that a time in an ID token is wrong, if the clock of this machine is right. */
export const isTimeError = (error: unknown): error is OperationProcessingError =>
  error instanceof OperationProcessingError && error.code === JWT_TIMESTAMP_CHECK

/** Makes the error for a time that is only wrong because the clock of this machine is. */
export function clockError({ name }: Provider, error: OperationProcessingError, offsetMs: number): OAuthError {
  const seconds = Math.round(Math.abs(offsetMs) / 1000)
  const what =
    `${error.message}, but the clock of this machine is ${seconds} s ${offsetMs > 0 ? 'behind' : 'ahead of'} the clock of ` +
    'the token endpoint, by its Date header: set the clock of this machine, such as with NTP, and sign in again'
  return oauthError(name, isTooLongAgo(error) ? 'TOKEN_MISSING' : 'TOKEN_MALFORMED', what)
}

/** Reads the error that the provider sent to the browser. See RFC 6749 §4.1.2.1, OpenID Connect Core 1.0 §3.1.2.6. */
function callbackError(
  said: AuthorizationResponseError,
  redact: (text: string) => string,
): [OAuthErrorCode, string, OAuthErrorDetails] {
  const error = printable(redact(said.error))
  const { error_description: description } = said
  const errorDescription = description === undefined ? undefined : printable(redact(description))
  const what = `the answer was ${error}${errorDescription ? ` (${errorDescription})` : ''}`
  const details = { error, errorDescription }
  if (transient.has(said.error)) return ['TOKEN_UNAVAILABLE', `${what}: try again later`, details]
  const isUsers = said.error === 'access_denied' || said.error.endsWith('_required')
  const then = isUsers ? 'let the user sign in again' : "check the client's settings at the provider"
  return ['TOKEN_REFUSED', `${what}: ${then}`, details]
}

/** The errors that are not about the client or the user. See RFC 6749 §4.1.2.1. */
const transient = new Set<unknown>(['temporarily_unavailable', 'server_error'])

const isTooLongAgo = ({ cause }: OperationProcessingError) =>
  (Object(cause) as { claim?: unknown }).claim === 'auth_time'

/** Returns the response that the library could not use: its error has it as the cause. */
function responseOf(error: unknown): Response | undefined {
  const { cause } = Object(error) as { cause?: unknown }
  return cause instanceof Response ? cause : undefined
}

/** Keeps only the characters that RFC 6749 §4.1.2.1 allows, and not more of them than fit on a log line. */
const printable = (text: string) => text.replaceAll(/[^\x20-\x7E]+/g, ' ').slice(0, 300)
