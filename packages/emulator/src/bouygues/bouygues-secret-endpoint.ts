import type { Address } from '../address.ts'
import type { RuleContext } from '../emulated-provider.ts'
import type { OpenId } from '../openid/create-openid.ts'
import { refuseGrantType } from '../refuse-grant-type.ts'
import { tokenResponse } from '../token-response.ts'
import { authenticateBouygues } from './authenticate-bouygues.ts'

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
