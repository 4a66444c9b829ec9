import { errorOf, type OAuthErrorCode } from './errors.ts'
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
  const { text, cut } = await readText(response, maxBytes)
  const { access_token, token_type, expires_in, refresh_token, scope, id_token, ...extra } = membersOf(text)

  const error = printable(extra['error'], redact)
  const errorDescription = printable(extra['error_description'], redact)
  const requestId = printable(headers.get(provider.requestIdHeader ?? 'x-request-id') ?? extra['error_id'], redact)
  const details = { status, error, errorDescription, requestId, retryAt: retryAt(headers.get('retry-after')) }
  const answer = [status, error, errorDescription && `(${errorDescription})`].filter(Boolean).join(' ')
  const fail = (code: OAuthErrorCode, what: string) =>
    errorOf(provider.name, code, `the token endpoint answered ${answer}: ${what}`, details)

  // In a browser, a redirect that was not followed shows nothing of itself, not even its status.
  const isRedirect = response.type === 'opaqueredirect' || (status >= 300 && status < 400)
  if (status === 408 || status === 429 || status >= 500 || transient.has(error)) {
    throw fail('TOKEN_UNAVAILABLE', 'try again later')
  }
  if (error && !isRedirect) throw fail('TOKEN_REFUSED', "check the client's credentials and settings at the provider")

  const flaw =
    (isRedirect && 'a redirect, which credentials do not follow') ||
    (cut && 'more than 1 MB') ||
    ((!response.ok || !isText(access_token)) && 'neither a token nor an OAuth error') ||
    (!isAccessToken(access_token) && 'an access_token that no header can hold') ||
    (!isBearer(token_type) && 'a token_type other than bearer')
  if (flaw) throw fail('TOKEN_MALFORMED', `${flaw}; check the provider's tokenEndpoint, and for a proxy before it`)

  return {
    accessToken: access_token as string,
    expiresAt: sentAt + (lifetime(expires_in) ?? provider.defaultLifetimeMs ?? 3_600_000),
    ...(isText(refresh_token) && { refreshToken: refresh_token }),
    ...(isText(scope) && { scope }),
    ...(isText(id_token) && { idToken: id_token }),
    ...(Object.keys(extra).length > 0 && { extra }),
  }
}

/** The answers of RFC 6749 §4.1.2.1 that say nothing about the client. */
const transient = new Set<unknown>(['temporarily_unavailable', 'server_error'])

/** Some servers leave the type out, which can only mean this one. */
const isBearer = (type: unknown) =>
  type === undefined || type === null || (typeof type === 'string' && type.toLowerCase() === 'bearer')

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** The members of a JSON object; of anything else, none. */
function membersOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
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

/** In milliseconds since the epoch; the header is seconds or a date. See RFC 9110 §10.2.3. */
function retryAt(header: string | null): number | undefined {
  const instant = header && /^\d+$/.test(header) ? Date.now() + Number(header) * 1000 : Date.parse(header ?? '')
  return Number.isNaN(instant) ? undefined : instant
}
