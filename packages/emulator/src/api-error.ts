import { jsonResponse } from './json-response.ts'

/** Makes the error answer of an API whose errors look like OAuth's: `{ error, error_description }`. */
export function apiError(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return jsonResponse({ error, error_description: description }, { status, headers })
}
