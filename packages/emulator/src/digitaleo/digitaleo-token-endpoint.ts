import { base64url } from 'jose'
import type { Address, RuleContext } from '../emulated-provider.ts'
import { errorResponse, readTokenForm, refuseGrantType, tokenResponse } from '../oauth.ts'
import { randomText } from '../random.ts'
import type { DigitaleoSettings } from './digitaleo-settings.ts'

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

/** How long the signature by a 2048-bit RSA key is in base64, in characters. */
const SIGNATURE_LENGTH = 342

/** Makes a token of so many characters, 500 at least: what looks like an RS256 JWT whose payload begins with `id`. */
export function makeDigitaleoToken(length: number): string {
  const header = base64url.encode(JSON.stringify({ typ: 'JWT', alg: 'RS256' }))
  const id = crypto.randomUUID().replaceAll('-', '')
  const encodePayload = (fill: string) => base64url.encode(JSON.stringify({ id, fill }))

  const room = length - header.length - encodePayload('').length - SIGNATURE_LENGTH - 2
  // Four characters of base64 hold three bytes.
  const bytes = Math.floor((room * 3) / 4) - 1
  const unsigned = `${header}.${encodePayload(randomText(bytes).slice(0, bytes))}.`
  // Random, and a few characters longer than a real one, since not every length can be had by the payload alone.
  return unsigned + randomText(SIGNATURE_LENGTH).slice(0, length - unsigned.length)
}
