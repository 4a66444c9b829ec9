import { jsonResponse } from '../json-response.ts'
import { oauthError } from '../oauth-error.ts'
import type { Place } from '../place.ts'
import type { RuleContext } from '../provider.ts'
import { readBasic } from '../read-basic.ts'
import { readForm } from '../read-form.ts'
import { refuseGrantType } from '../refuse-grant-type.ts'
import { splitAuthorization } from '../split-authorization.ts'
import { tokenResponse } from '../token-response.ts'

/**
 * Answers a token request of a client with a secret.
 *
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication | Authentication}, App credentials
 */
export async function answerSecretRequest(request: Request, place: Place, context: RuleContext): Promise<Response> {
  if (request.method !== 'POST') return oauthError(405, 'invalid_request', 'The method must be POST', { Allow: 'POST' })
  const form = await readForm(request)
  if (typeof form === 'string') return oauthError(400, 'invalid_request', form)

  const { scheme, value } = splitAuthorization(request.headers.get('Authorization'))
  // The page says once that the secret alone is encoded; all its examples encode id:secret.
  const credentials = scheme === 'Basic' ? readBasic(value) : undefined
  if (!credentials || !context.isClient(credentials)) return invalidClient()
  if (form.has('client_secret')) return oauthError(400, 'invalid_request', 'Credentials in the header and in the body')
  const refusal = refuseGrantType(form)
  if (refusal) return refusal

  const { accessToken, leftMs, scope } = context.issueToken({
    endpoint: place.host + place.path,
    clientId: credentials.clientId,
    scope: 'EXT_EmailAddressConsult PersonneConsult',
    makeToken: () => `at-${crypto.randomUUID()}`,
  })
  return tokenResponse({
    access_token: accessToken,
    expires_in: Math.floor(leftMs / 1000),
    token_type: 'Bearer',
    refresh_credit: 0,
    scope,
  })
}

function invalidClient(): Response {
  return jsonResponse(
    { error: 'invalid_client', error_id: `et-${crypto.randomUUID()}`, error_status: 401 },
    { status: 401, headers: { 'Cache-Control': 'no-store', 'WWW-Authenticate': 'Basic' } },
  )
}
