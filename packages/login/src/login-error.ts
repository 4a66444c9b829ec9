import { isOAuthError, OAuthError, type OAuthErrorCode, type OAuthErrorDetails, type Provider } from '@oauthkit/core'
import {
  AuthorizationResponseError,
  OperationProcessingError,
  ResponseBodyError,
  UnsupportedOperationError,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi'

/**
 * Makes an `OAuthError` of what went wrong while `step` was done; what is wrong use of the library stays as it is.
 *
 * Nothing is passed on as a cause: the errors of the OpenID Connect library hold answers and tokens.
 */
export async function loginError({ name }: Provider, step: string, error: unknown): Promise<unknown> {
  if (isOAuthError(error)) return error
  const make = (code: OAuthErrorCode, what: string, details: OAuthErrorDetails = {}) =>
    new OAuthError(code, `${name}: ${step}: ${what}`, { provider: name, ...details })

  if (error instanceof AuthorizationResponseError) {
    const details = { error: printable(error.error), errorDescription: printable(error.error_description) }
    return make('TOKEN_REFUSED', `the answer was ${wordsOf(details)}: let the user sign in again`, details)
  }
  if (isTimeOut(error)) return make('TOKEN_UNAVAILABLE', 'no answer in time: try again later, or raise timeoutMs')
  const response = responseOf(error)
  if (response && (response.status === 408 || response.status === 429 || response.status >= 500)) {
    const { status } = response
    return make('TOKEN_UNAVAILABLE', `the answer was ${status}: try again later`, { status })
  }
  if (error instanceof ResponseBodyError || error instanceof WWWAuthenticateChallengeError) {
    const details = { status: error.status, ...(await refusalOf(error)) }
    return make('TOKEN_REFUSED', `the answer was ${wordsOf(details)}: see what it says, or sign in again`, details)
  }
  if (error instanceof OperationProcessingError || error instanceof UnsupportedOperationError) {
    // The library's messages name the check that failed, and no values.
    return make('TOKEN_MALFORMED', `${error.message}: do not trust this answer, and check the provider's data`, {
      status: response?.status,
    })
  }
  return error
}

/** What a refusal says, in its body or in its challenge. */
async function refusalOf(error: ResponseBodyError | WWWAuthenticateChallengeError): Promise<OAuthErrorDetails> {
  if (error instanceof ResponseBodyError) {
    return { error: printable(error.error), errorDescription: printable(error.error_description) }
  }
  const inBody = await membersOf(error.response)
  const inChallenge = { ...error.cause[0]?.parameters }
  return {
    error: printable(inBody['error'] ?? inChallenge['error']),
    errorDescription: printable(inBody['error_description'] ?? inChallenge['error_description']),
  }
}

async function membersOf(response: Response): Promise<Record<string, unknown>> {
  try {
    return Object(await response.json()) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** An answer that began in time and did not end in time is read as one that breaks off. */
function isTimeOut(error: unknown): boolean {
  const { cause } = Object(error) as { cause?: unknown }
  return [error, cause].some((value) => (Object(value) as { name?: unknown }).name === 'TimeoutError')
}

function responseOf(error: unknown): Response | undefined {
  const { response, cause } = Object(error) as { response?: unknown; cause?: unknown }
  return [response, cause].find((value): value is Response => value instanceof Response)
}

const wordsOf = ({ status, error, errorDescription }: OAuthErrorDetails) =>
  [status, error, errorDescription && `(${errorDescription})`].filter(Boolean).join(' ')

/** The characters that RFC 6749 §4.1.2.1 allows, and no more of them than a log line bears. */
const printable = (value: unknown) =>
  typeof value === 'string' ? value.replaceAll(/[^\x20-\x7E]+/g, ' ').slice(0, 300) : undefined
