import { jsonResponse } from '../json-response.ts'

/** Orange's error codes with their statuses; the 401s are worded as documented, the others in our own words. */
const errors = {
  22: [400, 'Invalid body', 'The request body could not be parsed.'],
  27: [400, 'Missing query-string parameter', 'The request lacks a query-string parameter.'],
  40: [401, 'Missing credentials', 'The requested service needs credentials, but none were provided.'],
  41: [401, 'Invalid credentials', 'The requested service needs credentials, but the ones provided were invalid.'],
  42: [401, 'Expired credentials', 'The requested service needs credentials, and the ones provided were out-of-date.'],
  53: [403, 'Too many requests', 'The application has made too many requests.'],
  60: [404, 'Resource not found', 'The requested resource does not exist.'],
  61: [405, 'Method not allowed', 'The requested resource does not support this method.'],
  62: [406, 'Not acceptable', 'The requested resource cannot answer in a media type that the request accepts.'],
} as const

/** Makes the error answer that Orange's gateway gives: `{ code, message, description }`, under its own status or another. */
export function orangeError(
  code: keyof typeof errors,
  headers: Readonly<Record<string, string>> = {},
  otherStatus?: number,
): Response {
  const [status, message, description] = errors[code]
  return jsonResponse({ code, message, description }, { status: otherStatus ?? status, headers })
}
