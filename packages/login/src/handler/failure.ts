import { isOAuthError, type OAuthError } from '@oauthkit/core'

/** Why a request to a route of the handler failed. */
export type LoginFailure = {
  /**
   * - `denied`: the user said no at the provider.
   * - `expired`: the callback belongs to no sign-in of this browser, or that sign-in has ended.
   * - `refused`: the provider refused the sign-in, or a check of its response failed. See `error`.
   * - `unavailable`: the provider, or the list of ended sessions, did not answer, or the tokens could not be kept.
   * - `cross-site`: the log-out was not requested by a page of the app.
   * - `method`: the route does not have this HTTP method.
   * - `prefetch`: a browser fetched the route before the user opened it.
   */
  readonly reason: 'denied' | 'expired' | 'refused' | 'unavailable' | 'cross-site' | 'method' | 'prefetch'
  /** The HTTP status of the response. */
  readonly status: number
  /** What to tell the user, in English. */
  readonly message: string
  /** The error, for your log. It shows no secret. */
  readonly error?: OAuthError | undefined
  /** More headers of the response. */
  readonly headers: Readonly<Record<string, string>>
}

const failure = (
  reason: LoginFailure['reason'],
  status: number,
  message: string,
  headers: LoginFailure['headers'] = {},
): LoginFailure => ({ reason, status, message, headers })

/** The failure of a request with a wrong method. */
export const wrongMethod = (allowed: string): LoginFailure =>
  failure('method', 405, `This address accepts only ${allowed}.`, { allow: allowed })

/** The failure of a request that a browser sent before the user opened the page. */
export const prefetched = (): LoginFailure => failure('prefetch', 503, 'Open this page to continue.')

/** The failure of a log-out that another site requested. */
export const crossSite = (): LoginFailure =>
  failure('cross-site', 403, 'You were not signed out, because the request did not come from this site.')

/** The failure of a callback that belongs to no sign-in of the browser. */
export const noSignIn = (): LoginFailure =>
  failure('expired', 400, 'Your sign-in has ended, or it was started in another browser. Please sign in again.')

/** The failure if the provider, or a store, does not answer. */
export const unavailable = (headers: LoginFailure['headers'] = {}): LoginFailure =>
  failure('unavailable', 503, 'The sign-in is not available at the moment. Please try again later.', headers)

/** Says what the error of a sign-in means for the user. Other errors are not failures of a sign-in. */
export function failureOf(error: unknown): LoginFailure {
  if (!isOAuthError(error)) throw error
  return { ...describe(error), error }
}

function describe({ code, error, retryAt }: OAuthError): LoginFailure {
  if (error === 'access_denied') return failure('denied', 403, 'You did not sign in.')
  if (code === 'TOKEN_MISSING' || error === 'invalid_grant') return noSignIn()
  if (code !== 'TOKEN_UNAVAILABLE')
    return failure('refused', 502, 'The sign-in failed. Please try again, or tell us if it fails again.')
  const seconds = retryAt === undefined ? 0 : Math.max(1, Math.ceil((retryAt - Date.now()) / 1000))
  const headers: Record<string, string> = seconds > 0 ? { 'retry-after': String(seconds) } : {}
  return unavailable(headers)
}
