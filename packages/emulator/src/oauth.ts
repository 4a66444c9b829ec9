import type { Credentials } from './emulated-provider.ts'
import { jsonResponse, readForm, splitAuthorization } from './http.ts'

/**
 * Reads the credentials of a Basic `Authorization` header. Returns `undefined` without base64 of `id:secret` after the
 * exact word `Basic`.
 *
 * Nothing is percent-decoded. RFC 6749 §2.3.1 requires it, but these providers document plain base64.
 */
export function readBasic(request: Request): Credentials | undefined {
  const { scheme, value } = splitAuthorization(request.headers.get('Authorization'))
  // atob alone would accept spaces, and so `Basic Basic …` too.
  if (scheme !== 'Basic' || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return undefined
  try {
    const bytes = Uint8Array.from(atob(value), (character) => character.charCodeAt(0))
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const colon = text.indexOf(':')
    if (colon === -1) return undefined
    return { clientId: text.slice(0, colon), clientSecret: text.slice(colon + 1) }
  } catch {
    return undefined
  }
}

/** Reads the token after the exact word `Bearer`. Returns `undefined` if there is none. */
export function readBearer(request: Request): string | undefined {
  const { scheme, value } = splitAuthorization(request.headers.get('Authorization'))
  return scheme === 'Bearer' && value !== '' ? value : undefined
}

/**
 * Reads the form of a request to a token or revocation endpoint, or returns a text that says what is wrong with it.
 *
 * @see RFC 6749 §2.3.1
 */
export const readTokenForm = async (request: Request): Promise<URLSearchParams | string> =>
  // URLs end up in logs.
  new URL(request.url).search ? 'The parameters must be in the body, not in the URL' : readForm(request)

/**
 * Refuses a form with a grant type that is not supported.
 *
 * @see RFC 6749 §5.2
 */
export function refuseGrantType(
  form: URLSearchParams,
  supported: readonly string[] = ['client_credentials'],
): Response | undefined {
  const grantType = form.get('grant_type')
  if (!grantType) return errorResponse(400, 'invalid_request', 'Missing parameter grant_type')
  if (supported.includes(grantType)) return undefined
  return errorResponse(400, 'unsupported_grant_type', `The grant type must be ${supported.join(' or ')}`)
}

/**
 * Makes the response that issues a token.
 *
 * @see RFC 6749 §5.1
 */
export function tokenResponse(body: Readonly<Record<string, unknown>>): Response {
  return jsonResponse(body, { headers: { 'Cache-Control': 'no-store' } })
}

/**
 * Makes a token endpoint's error response.
 *
 * @see RFC 6749 §5.2
 */
export function errorResponse(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return apiError(status, error, description, { 'Cache-Control': 'no-store', ...headers })
}

/** Makes the error response of an API whose errors look like OAuth's: `{ error, error_description }`. */
export function apiError(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return jsonResponse({ error, error_description: description }, { status, headers })
}
