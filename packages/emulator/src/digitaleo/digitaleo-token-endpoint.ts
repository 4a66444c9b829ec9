import { base64url } from 'jose'
import type { Address, RuleContext } from '../emulated-provider.ts'
import { errorResponse, readTokenForm, refuseGrantType, tokenResponse } from '../oauth.ts'
import { randomText } from '../random.ts'
import type { DigitaleoSettings } from './digitaleo-settings.ts'

/**
 * Answers a request to Digitaleo's token endpoint. The status of every error is 400.
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

  // An Authorization header is ignored: Digitaleo's documentation requires the credentials in the form.
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
    // A string, as in Digitaleo's documentation.
    expires_in: String(Math.floor(leftMs / 1000)),
    token_type: 'bearer',
    scope: 'basic',
  })
}

/** The length of a 2048-bit RSA key's signature in base64, in characters. */
const SIGNATURE_LENGTH = 342

/** Makes a token of `length` characters, at least 500. It looks like an RS256 JWT whose payload begins with `id`. */
function makeDigitaleoToken(length: number): string {
  const header = base64url.encode(JSON.stringify({ typ: 'JWT', alg: 'RS256' }))
  const id = crypto.randomUUID().replaceAll('-', '')
  const encodePayload = (fill: string) => base64url.encode(JSON.stringify({ id, fill }))

  const room = length - header.length - encodePayload('').length - SIGNATURE_LENGTH - 2
  // Four characters of base64 hold three bytes.
  const bytes = Math.floor((room * 3) / 4) - 1
  const unsigned = `${header}.${encodePayload(randomText(bytes).slice(0, bytes))}.`
  // The signature is random, and a few characters longer than a real one: the payload alone cannot reach every length.
  return unsigned + randomText(SIGNATURE_LENGTH).slice(0, length - unsigned.length)
}
