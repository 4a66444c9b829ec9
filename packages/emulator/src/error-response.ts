import { jsonResponse } from './json-response.ts'

/**
 * Makes a token endpoint's error answer.
 *
 * @see RFC 6749 §5.2
 */
export function errorResponse(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return jsonResponse(
    { error, error_description: description },
    { status, headers: { 'Cache-Control': 'no-store', ...headers } },
  )
}
