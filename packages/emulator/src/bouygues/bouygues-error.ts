import { jsonResponse } from '../json-response.ts'

/** Makes the error answer of the APIs: `{ error, error_description }`. */
export function bouyguesError(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return jsonResponse({ error, error_description: description }, { status, headers })
}
