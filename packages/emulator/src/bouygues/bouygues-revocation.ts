import type { RuleContext } from '../emulated-provider.ts'
import { errorResponse } from '../error-response.ts'
import type { OpenId } from '../openid/create-openid.ts'
import { authenticateBouygues } from './authenticate-bouygues.ts'

/**
 * Answers a request to revoke a token: a refresh token goes with all that came of its sign-in.
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
  // An unknown token is as good as revoked. See RFC 7009 §2.2.
  return new Response(null, { status: 200, headers: { 'Cache-Control': 'no-store' } })
}
