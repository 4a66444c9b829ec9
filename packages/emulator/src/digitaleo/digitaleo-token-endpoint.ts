import type { Address } from '../address.ts'
import type { RuleContext } from '../emulated-provider.ts'
import { errorResponse } from '../error-response.ts'
import { readTokenForm } from '../read-token-form.ts'
import { refuseGrantType } from '../refuse-grant-type.ts'
import { tokenResponse } from '../token-response.ts'
import type { DigitaleoSettings } from './digitaleo-settings.ts'
import { makeDigitaleoToken } from './digitaleo-token.ts'

/**
 * Answers a request to Digitaleo's token endpoint: whatever is wrong with it, the status is 400.
 *
 * @see {@link https://developers.digitaleo.com/rest-apis-v1/authentication | Authentification oAuth 2.0}
 */
export async function answerDigitaleoTokenRequest(
  request: Request,
  address: Address,
  context: RuleContext<DigitaleoSettings>,
): Promise<Response> {
  if (request.method !== 'POST') return errorResponse(400, 'invalid_request', 'The method must be POST')
  const form = await readTokenForm(request)
  if (typeof form === 'string') return errorResponse(400, 'invalid_request', form)
  const refusal = refuseGrantType(form)
  if (refusal) return refusal

  // An Authorization header is not looked at: the form is where the page wants the credentials.
  const clientId = form.get('client_id') ?? ''
  const clientSecret = form.get('client_secret') ?? ''
  if (!context.isClient({ clientId, clientSecret })) {
    return errorResponse(400, 'invalid_client', 'The client credentials are invalid')
  }

  const { accessToken, leftMs } = context.issueToken({
    endpoint: address.host + address.path,
    clientId,
    makeToken: () => makeDigitaleoToken(context.settings.tokenLength),
  })
  return tokenResponse({
    access_token: accessToken,
    // In quotes, as on the page.
    expires_in: String(Math.floor(leftMs / 1000)),
    token_type: 'bearer',
    scope: 'basic',
  })
}
