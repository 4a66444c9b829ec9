import { jsonResponse } from './json-response.ts'
import { mediaTypes } from './media-types.ts'
import { oauthError } from './oauth-error.ts'
import { orangeError } from './orange-error.ts'
import type { Credentials, RuleContext } from './provider.ts'
import { readBasic } from './read-basic.ts'
import { splitAuthorization } from './split-authorization.ts'

/**
 * Answers a request to Orange's token endpoint.
 *
 * @see {@link https://developer.orange.com/resources/oauth-m2m-in-a-nutshell | OAuth M2M in a nutshell}
 */
export async function answerTokenRequest(request: Request, context: RuleContext): Promise<Response> {
  if (request.method !== 'POST') return orangeError(61, { Allow: 'POST' })
  // Recorded traffic got through with `*/*`. The page asks for application/json, and this is as strict as the page.
  if (!mediaTypes(request.headers.get('Accept')).includes('application/json')) return orangeError(62)
  if (mediaTypes(request.headers.get('Content-Type')).join() !== 'application/x-www-form-urlencoded') {
    return oauthError(400, 'invalid_request', 'The body must be application/x-www-form-urlencoded')
  }

  const form = new URLSearchParams(await request.text())
  const repeated = [...form.keys()].find((name) => form.getAll(name).length > 1)
  if (repeated) return oauthError(400, 'invalid_request', `Repeated parameter ${repeated}`)

  const credentials = readCredentials(request.headers.get('Authorization'), form)
  if (credentials instanceof Response) return credentials
  if (!context.isClient(credentials)) {
    return invalidClient('The requested service needs credentials, but the ones provided were invalid.')
  }

  const grantType = form.get('grant_type')
  if (!grantType) return oauthError(400, 'invalid_request', 'Missing parameter grant_type')
  if (grantType !== 'client_credentials') {
    return oauthError(400, 'unsupported_grant_type', 'The grant type must be client_credentials')
  }

  const { accessToken, leftMs } = context.issueToken(credentials.clientId)
  const expiresIn = Math.floor(leftMs / 1000)
  return jsonResponse(
    { token_type: 'Bearer', access_token: accessToken, expires_in: expiresIn },
    { headers: { 'Cache-Control': 'no-store' } },
  )
}

function readCredentials(authorization: string | null, form: URLSearchParams): Credentials | Response {
  const clientId = form.get('client_id')
  const clientSecret = form.get('client_secret')
  if (authorization === null) {
    if (clientId === null || clientSecret === null) {
      return invalidClient('The requested service needs credentials, but none were provided.')
    }
    return { clientId, clientSecret }
  }
  // Half of them is as forbidden as both: Orange wants them in one place.
  if (clientId !== null || clientSecret !== null) return oauthError(400, 'invalid_request', 'Duplicate credentials')
  const { scheme, value } = splitAuthorization(authorization)
  const credentials = scheme === 'Basic' ? readBasic(value) : undefined
  return (
    credentials ?? invalidClient('The Authorization header must be Basic with the base64 of client_id:client_secret')
  )
}

function invalidClient(description: string): Response {
  return oauthError(401, 'invalid_client', description, { 'WWW-Authenticate': 'Basic realm="Authorization Required"' })
}
