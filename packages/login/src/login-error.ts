import {
  createRedactor,
  isOAuthError,
  OAuthError,
  type OAuthErrorCode,
  type OAuthErrorDetails,
  type Provider,
} from '@oauthkit/core'
import {
  AuthorizationResponseError,
  JWT_TIMESTAMP_CHECK,
  OperationProcessingError,
  ResponseBodyError,
  UnsupportedOperationError,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi'

/** Keeps a secret that is sent out of what an error may show: the server may repeat it. */
export type Hide = (...secrets: readonly (string | null | undefined)[]) => void

/**
 * Makes an `OAuthError` of what went wrong while `step` was done; what is wrong use of the library stays as it is.
 *
 * Nothing is passed on as a cause: the errors of the OpenID Connect library hold answers and tokens.
 */
export async function loginError(
  { name }: Provider,
  step: string,
  error: unknown,
  secrets: readonly string[],
): Promise<unknown> {
  if (isOAuthError(error)) return error
  const printable = printer(secrets)
  const make = (code: OAuthErrorCode, what: string, details: OAuthErrorDetails = {}) =>
    new OAuthError(code, `${name}: ${step}: ${what}`, { provider: name, ...details })

  if (error instanceof AuthorizationResponseError) {
    const details = { error: printable(error.error), errorDescription: printable(error.error_description) }
    if (transient.has(error.error)) {
      return make('TOKEN_UNAVAILABLE', `the answer was ${wordsOf(details)}: try again later`, details)
    }
    return make('TOKEN_REFUSED', `the answer was ${wordsOf(details)}: let the user sign in again`, details)
  }
  if (isTimeOut(error)) return make('TOKEN_UNAVAILABLE', 'no answer in time: try again later, or raise timeoutMs')
  const response = responseOf(error)
  if (response && (response.status === 408 || response.status === 429 || response.status >= 500)) {
    const { status } = response
    return make('TOKEN_UNAVAILABLE', `the answer was ${status}: try again later`, { status })
  }
  if (error instanceof ResponseBodyError || error instanceof WWWAuthenticateChallengeError) {
    const said = await refusalOf(error)
    const details = {
      status: error.status,
      error: printable(said['error']),
      errorDescription: printable(said['error_description']),
    }
    if (transient.has(said['error'])) {
      return make('TOKEN_UNAVAILABLE', `the answer was ${wordsOf(details)}: try again later`, details)
    }
    return make('TOKEN_REFUSED', `the answer was ${wordsOf(details)}: see what it says, or sign in again`, details)
  }
  if (error instanceof OperationProcessingError && isTooLongAgo(error))
    return make('TOKEN_MISSING', 'the user signed in longer ago than maxAge allows: sign in again')
  if (error instanceof OperationProcessingError || error instanceof UnsupportedOperationError) {
    // The library's messages name the check that failed, and no values.
    return make('TOKEN_MALFORMED', `${error.message}: do not trust this answer, and check the provider's data`, {
      status: response?.status,
    })
  }
  return error
}

/** The errors that say nothing about the client or the user. See RFC 6749 §4.1.2.1. */
const transient = new Set<unknown>(['temporarily_unavailable', 'server_error'])

/** What a refusal says, in its body or in its challenge. */
async function refusalOf(error: ResponseBodyError | WWWAuthenticateChallengeError): Promise<Record<string, unknown>> {
  if (error instanceof ResponseBodyError) return { error: error.error, error_description: error.error_description }
  return { ...error.cause[0]?.parameters, ...(await membersOf(error.response)) }
}

async function membersOf(response: Response): Promise<Record<string, unknown>> {
  try {
    return Object(await response.json()) as Record<string, unknown>
  } catch {
    return {}
  }
}

const isTooLongAgo = ({ code, cause }: OperationProcessingError) =>
  code === JWT_TIMESTAMP_CHECK && (Object(cause) as { claim?: unknown }).claim === 'auth_time'

/** An answer that began in time and did not end in time is read as one that breaks off. */
function isTimeOut(error: unknown): boolean {
  const { cause } = Object(error) as { cause?: unknown }
  return [error, cause].some((value) => (Object(value) as { name?: unknown }).name === 'TimeoutError')
}

function responseOf(error: unknown): Response | undefined {
  const { response, cause } = Object(error) as { response?: unknown; cause?: unknown }
  // A custom fetch may have a Response of its own.
  return [response, cause].find((value): value is Response => typeof (Object(value) as Response).status === 'number')
}

const wordsOf = ({ status, error, errorDescription }: OAuthErrorDetails) =>
  [status, error, errorDescription && `(${errorDescription})`].filter(Boolean).join(' ')

/**
 * Makes what leaves of a text the characters that RFC 6749 §4.1.2.1 allows, no more of them than a log line bears, and no
 * secrets, in whichever form they were sent.
 */
function printer(secrets: readonly string[]) {
  // What is shorter is no secret, and may be in any word.
  const redact = createRedactor(secrets.filter(({ length }) => length > 3))
  return (value: unknown) =>
    typeof value === 'string'
      ? redact(value)
          .replaceAll(/[^\x20-\x7E]+/g, ' ')
          .slice(0, 300)
      : undefined
}
