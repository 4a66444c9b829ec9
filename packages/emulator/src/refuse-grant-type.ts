import { errorResponse } from './error-response.ts'

/**
 * Refuses every grant type but those that are supported.
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
