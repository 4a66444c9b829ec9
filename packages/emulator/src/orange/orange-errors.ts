import { jsonResponse } from '../http.ts'

/** Orange's error codes with their statuses. The texts of the 401s are documented, the other texts are made up. */
const orangeErrors = {
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

/** Makes the error response of Orange's gateway, `{ code, message, description }`, with its own status or another. */
export function orangeError(
  code: keyof typeof orangeErrors,
  headers: Readonly<Record<string, string>> = {},
  otherStatus?: number,
): Response {
  const [status, message, description] = orangeErrors[code]
  return jsonResponse({ code, message, description }, { status: otherStatus ?? status, headers })
}

/** CAMARA's error codes with their statuses. The texts are made up. */
const camaraErrors = {
  INVALID_ARGUMENT: [400, 'The request lacks something, or something in it is wrong.'],
  UNAUTHENTICATED: [401, 'The request needs a valid access token of the right authorization server.'],
  FORBIDDEN: [403, 'The access token is not for this API.'],
  NOT_FOUND: [404, 'The requested resource does not exist.'],
  METHOD_NOT_ALLOWED: [405, 'The requested resource does not support this method.'],
} as const

/** Makes the error response of the APIs that follow CAMARA: `{ status, code, message }`. */
export function camaraError(code: keyof typeof camaraErrors, headers: Readonly<Record<string, string>> = {}): Response {
  const [status, message] = camaraErrors[code]
  return jsonResponse({ status, code, message }, { status, headers })
}
