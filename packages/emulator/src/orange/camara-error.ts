import { jsonResponse } from '../json-response.ts'

/** CAMARA's error codes with their statuses; the wording is our own. */
const errors = {
  INVALID_ARGUMENT: [400, 'The request lacks something, or something in it is wrong.'],
  UNAUTHENTICATED: [401, 'The request needs a valid access token of the right authorization server.'],
  FORBIDDEN: [403, 'The access token is not for this API.'],
  NOT_FOUND: [404, 'The requested resource does not exist.'],
  METHOD_NOT_ALLOWED: [405, 'The requested resource does not support this method.'],
} as const

/** Makes the error answer of the APIs that follow CAMARA: `{ status, code, message }`. */
export function camaraError(code: keyof typeof errors, headers: Readonly<Record<string, string>> = {}): Response {
  const [status, message] = errors[code]
  return jsonResponse({ status, code, message }, { status, headers })
}
