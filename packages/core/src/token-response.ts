import { OAuthError, type OAuthErrorCode, type OAuthErrorDetails } from './errors.ts'
import type { Provider } from './provider.ts'
import { readText } from './read-text.ts'
import { isAccessToken, type Token } from './token.ts'

const maxBytes = 1_048_576
const year = 365 * 24 * 3_600_000

/**
 * Reads a token endpoint's answer.
 *
 * @param sentAt - when the request was sent, in milliseconds since the epoch: lifetimes count from there.
 * @param redact - takes what must not be shown out of a text of the server's.
 * @throws {@link OAuthError} `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE` or `TOKEN_MALFORMED`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-5 RFC 6749 §5}
 */
export async function readTokenResponse(
  response: Response,
  provider: Provider,
  sentAt: number,
  redact: (text: string) => string,
): Promise<Token> {
  const { status, headers } = response
  const fail = (code: OAuthErrorCode, what: string, details?: OAuthErrorDetails) =>
    new OAuthError(code, `${provider.name}: ${what}`, { provider: provider.name, status, ...details })

  // In a browser, a redirect that was not followed shows neither its status nor anything else.
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    throw fail('TOKEN_MALFORMED', 'the token endpoint redirects, and credentials do not follow: correct tokenEndpoint')
  }
  const { text, cut } = await readText(response, maxBytes)
  if (cut)
    throw fail('TOKEN_MALFORMED', `the token endpoint answered ${status} with more than 1 MB: check tokenEndpoint`)

  const members = parseObject(text)
  const error = printable(members?.['error'], redact)
  const errorDescription = printable(members?.['error_description'], redact)
  const requestId = printable(headers.get(provider.requestIdHeader ?? 'x-request-id') ?? members?.['error_id'], redact)
  const details = { error, errorDescription, requestId, retryAfterMs: retryAfter(headers.get('retry-after')) }
  const answer = ['the token endpoint answered', status, error, errorDescription && `(${errorDescription})`]
    .filter(Boolean)
    .join(' ')

  if (status === 408 || status === 429 || status >= 500 || transient.has(error)) {
    throw fail('TOKEN_UNAVAILABLE', `${answer}: try again later`, details)
  }
  if (error)
    throw fail('TOKEN_REFUSED', `${answer}: ${advice[error] ?? "check the client's settings at the provider"}`, details)
  if (!response.ok || !members) {
    throw fail(
      'TOKEN_MALFORMED',
      `${answer}, neither a token nor an OAuth error: check tokenEndpoint, and for a proxy before it`,
      details,
    )
  }
  const malformed = (what: string) => fail('TOKEN_MALFORMED', `${answer} with ${what}: ask the provider`, details)

  const { access_token, token_type, expires_in, refresh_token, scope, id_token, ...extra } = members
  if (typeof access_token !== 'string' || access_token === '') throw malformed('no access_token')
  if (!isAccessToken(access_token)) throw malformed('an access_token that cannot be sent in a header')
  if (!isBearer(token_type)) {
    throw malformed('a token_type other than bearer')
  }
  return {
    accessToken: access_token,
    expiresAt: sentAt + (lifetime(expires_in) ?? provider.defaultLifetimeMs ?? 3_600_000),
    ...(isText(refresh_token) && { refreshToken: refresh_token }),
    ...(isText(scope) && { scope }),
    ...(isText(id_token) && { idToken: id_token }),
    ...(Object.keys(extra).length > 0 && { extra }),
  }
}

/** The answers of RFC 6749 §4.1.2.1 that say nothing about the client. */
const transient = new Set<unknown>(['temporarily_unavailable', 'server_error'])

const advice: Readonly<Record<string, string>> = {
  invalid_client: 'check the client id and secret',
  invalid_grant: 'ask for a new grant: what was sent has expired, was used or was withdrawn',
  invalid_scope: 'check the scope option',
}

/** Some servers leave the type out, which can only mean this one. */
const isBearer = (type: unknown) =>
  type === undefined || type === null || (typeof type === 'string' && type.toLowerCase() === 'bearer')

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** The characters that RFC 6749 §5.2 allows, and no more of them than a log line bears. */
const printable = (value: unknown, redact: (text: string) => string) =>
  isText(value)
    ? redact(value)
        .replaceAll(/[^\x20-\x7E]+/g, ' ')
        .slice(0, 300)
    : undefined

/** In milliseconds; `undefined` where the server did not say, or nothing that makes sense. */
function lifetime(expiresIn: unknown): number | undefined {
  const seconds = typeof expiresIn === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(expiresIn) ? Number(expiresIn) : expiresIn
  return typeof seconds === 'number' && seconds >= 0 ? Math.min(Math.floor(seconds) * 1000, year) : undefined
}

/** In milliseconds from now; the header is seconds or a date. See RFC 9110 §10.2.3. */
function retryAfter(header: string | null): number | undefined {
  const ms = header && /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header ?? '') - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
