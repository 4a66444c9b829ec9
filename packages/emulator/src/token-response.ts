import { jsonResponse } from './json-response.ts'

/**
 * Makes the answer that hands out a token.
 *
 * @see RFC 6749 §5.1
 */
export function tokenResponse(body: Readonly<Record<string, unknown>>): Response {
  return jsonResponse(body, { headers: { 'Cache-Control': 'no-store' } })
}
