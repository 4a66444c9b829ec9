import type { Address, Credentials, RuleContext } from '../emulated-provider.ts'
import { mediaTypes, readForm } from '../http.ts'
import { errorResponse, readBasic, refuseGrantType, tokenResponse } from '../oauth.ts'
import type { OpenId } from '../openid/create-openid.ts'
import { randomText } from '../random.ts'
import { orangeError } from './orange-errors.ts'
import { orangeEndpoints } from './orange-servers.ts'

/**
 * Answers a request to one of Orange's token endpoints.
 *
 * @see {@link https://developer.orange.com/resources/oauth-m2m-in-a-nutshell | OAuth M2M in a nutshell}
 */
export async function answerOrangeTokenRequest(
  request: Request,
  address: Address,
  context: RuleContext,
  openId: OpenId,
): Promise<Response> {
  const endpoint = address.host + address.path
  const isPlayground = endpoint === orangeEndpoints.playground
  const isFrance = endpoint === orangeEndpoints.france
  const isMachine = !isPlayground && !isFrance
  if (request.method !== 'POST') return orangeError(61, { Allow: 'POST' })
  // Orange's documentation requires application/json, and the emulator is as strict. Recorded traffic was accepted with `*/*`.
  if (isMachine && !mediaTypes(request.headers.get('Accept')).includes('application/json')) return orangeError(62)
  const form = await readForm(request)
  if (typeof form === 'string') return errorResponse(400, 'invalid_request', form)

  const credentials = readCredentials(request, form, isMachine)
  if (credentials instanceof Response) return credentials
  if (!context.isClient(credentials)) {
    return invalidClient('The requested service needs credentials, but the ones provided were invalid.')
  }
  const refusal = refuseGrantType(form, isFrance ? openId.grantTypes() : ['client_credentials'])
  if (refusal) return refusal
  if (isFrance) return openId.answerGrant(form, credentials.clientId, address)

  const requestedScope = isPlayground ? form.get('scope') : null
  const { accessToken, leftMs, scope } = context.issueToken({
    endpoint,
    clientId: credentials.clientId,
    makeToken: () => randomText(32),
    ...(requestedScope && { scope: requestedScope }),
  })
  return tokenResponse({
    token_type: 'Bearer',
    access_token: accessToken,
    expires_in: Math.floor(leftMs / 1000),
    ...(scope && { scope }),
  })
}

function readCredentials(request: Request, form: URLSearchParams, isMachine: boolean): Credentials | Response {
  const clientId = form.get('client_id')
  const clientSecret = form.get('client_secret')
  if (!request.headers.has('Authorization')) {
    // For the other endpoints, Orange documents only Basic.
    if (clientId === null || clientSecret === null || !isMachine) {
      return invalidClient('The requested service needs credentials, but none were provided.')
    }
    return { clientId, clientSecret }
  }
  // One of the two is refused like both: Orange requires the credentials in one place only.
  if (clientId !== null || clientSecret !== null) return errorResponse(400, 'invalid_request', 'Duplicate credentials')
  return (
    readBasic(request) ??
    invalidClient('The Authorization header must be Basic with the base64 of client_id:client_secret')
  )
}

function invalidClient(description: string): Response {
  return errorResponse(401, 'invalid_client', description, {
    'WWW-Authenticate': 'Basic realm="Authorization Required"',
  })
}
