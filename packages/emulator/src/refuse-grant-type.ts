import { oauthError } from './oauth-error.ts'

/**
 * Refuses every grant type but `client_credentials`.
 *
 * @see RFC 6749 §5.2
 */
export function refuseGrantType(form: URLSearchParams): Response | undefined {
  const grantType = form.get('grant_type')
  if (!grantType) return oauthError(400, 'invalid_request', 'Missing parameter grant_type')
  if (grantType === 'client_credentials') return undefined
  return oauthError(400, 'unsupported_grant_type', 'The grant type must be client_credentials')
}
