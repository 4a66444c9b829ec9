import type { Address, RuleContext } from '../emulated-provider.ts'
import { jsonResponse } from '../http.ts'
import { errorResponse, readBasic, readTokenForm, refuseGrantType, tokenResponse } from '../oauth.ts'
import type { OpenId } from '../openid/create-openid.ts'

/**
 * Answers a token request of a client with a secret.
 *
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication | Authentication}, User login and App credentials
 */
export async function answerSecretRequest(
  request: Request,
  address: Address,
  context: RuleContext,
  openId: OpenId,
): Promise<Response> {
  const client = await authenticateBouygues(request, context)
  if (client instanceof Response) return client
  const { form, clientId } = client
  const grantTypes = openId.grantTypes()
  const refusal = refuseGrantType(form, ['client_credentials', ...grantTypes])
  if (refusal) return refusal
  if (form.get('grant_type') !== 'client_credentials') return openId.answerGrant(form, clientId, address)

  const { accessToken, leftMs, scope } = context.issueToken({
    endpoint: address.host + address.path,
    clientId,
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

/**
 * Answers a request to revoke a token: a refresh token is revoked together with all tokens of its sign-in.
 *
 * @see RFC 7009 §2
 */
export async function answerBouyguesRevocation(
  request: Request,
  context: Pick<RuleContext, 'isClient'>,
  openId: OpenId,
): Promise<Response> {
  const client = await authenticateBouygues(request, context)
  if (client instanceof Response) return client
  const token = client.form.get('token')
  if (!token) return errorResponse(400, 'invalid_request', 'Missing parameter token')
  if (!openId.revoke(token, client.clientId))
    return errorResponse(400, 'invalid_grant', "The token is another client's")
  // An unknown token needs no revocation, so this is a success. See RFC 7009 §2.2.
  return new Response(null, { status: 200, headers: { 'Cache-Control': 'no-store' } })
}

/** Checks a client's Basic credentials and reads its form, or returns the response that refuses the request. */
async function authenticateBouygues(
  request: Request,
  context: Pick<RuleContext, 'isClient'>,
): Promise<{ readonly clientId: string; readonly form: URLSearchParams } | Response> {
  if (request.method !== 'POST')
    return errorResponse(405, 'invalid_request', 'The method must be POST', { Allow: 'POST' })
  const form = await readTokenForm(request)
  if (typeof form === 'string') return errorResponse(400, 'invalid_request', form)

  // In one place the page encodes the secret alone. All its examples encode id:secret.
  const credentials = readBasic(request)
  if (!credentials || !context.isClient(credentials)) return invalidClient()
  const isTwice = form.has('client_secret') || form.has('client_assertion')
  const isAnother = form.has('client_id') && form.get('client_id') !== credentials.clientId
  if (isTwice || isAnother) return errorResponse(400, 'invalid_request', 'Credentials in the header and in the body')
  return { clientId: credentials.clientId, form }
}

function invalidClient(): Response {
  return jsonResponse(
    { error: 'invalid_client', error_id: `et-${crypto.randomUUID()}`, error_status: 401 },
    { status: 401, headers: { 'Cache-Control': 'no-store', 'WWW-Authenticate': 'Basic' } },
  )
}
