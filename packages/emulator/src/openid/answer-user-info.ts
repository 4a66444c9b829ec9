import { jsonResponse } from '../http.ts'
import { apiError, readBearer } from '../oauth.ts'
import type { OpenIdContext } from './openid-server.ts'

/**
 * Answers a request for the claims of an access token's user.
 *
 * @see OpenID Connect Core 1.0 §5.3, RFC 6750 §3
 */
export function answerUserInfo(request: Request, { server, settings, findToken }: OpenIdContext): Response {
  const allowed = server.userInfoMethods
  if (!allowed.includes(request.method)) {
    return apiError(405, 'invalid_request', `The method must be ${allowed.join(' or ')}`, { Allow: allowed.join(', ') })
  }
  const accessToken = readBearer(request)
  // A challenge to a request without a token has no error. See RFC 6750 §3.1.
  const challenge = accessToken === undefined ? 'Bearer' : server.badTokenChallenge
  const unknown = () =>
    apiError(401, 'invalid_token', 'A valid Bearer token is needed', { 'WWW-Authenticate': challenge })
  const token = findToken(accessToken ?? '')
  if (!token || token.isExpired || token.endpoint !== server.endpoints.token) return unknown()
  // Only the token of a user has a user.
  if (token.user === undefined) {
    const needed = { 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="openid"' }
    return apiError(403, 'insufficient_scope', 'The token of a user with the scope openid is needed', needed)
  }
  const user = settings.users.get(token.user)
  if (!user) return unknown()
  const honest = server.tellUserInfo(user.claims)
  return jsonResponse(settings.editUserInfo?.(honest) ?? honest, { headers: { 'Cache-Control': 'no-store' } })
}
