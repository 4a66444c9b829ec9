import type { Address } from '../address.ts'
import { answerByRoute } from '../answer-by-route.ts'
import type { RuleContext } from '../emulated-provider.ts'
import { readBearer } from '../read-bearer.ts'
import { surfaceAt } from './orange-surfaces.ts'

/**
 * Answers a call to one of Orange's APIs.
 *
 * @see {@link https://developer.orange.com/resources/orange-apis-error-handling | Best practices for API error handling}
 */
export async function answerOrangeCall(request: Request, address: Address, context: RuleContext): Promise<Response> {
  const { endpoint, routes, errors, rejections } = surfaceAt(address)
  // Letter for letter as Orange writes it: a missing or different prefix is documented as missing credentials.
  const accessToken = readBearer(request)
  if (accessToken === undefined) return rejections.missing()
  const token = context.findToken(accessToken)
  // A token is to be negotiated on the host of the API: that of another host is a stranger here.
  if (!token?.endpoint.startsWith(`${address.host}/`)) return rejections.unknown()
  if (token.isExpired) return rejections.expired()
  if (token.endpoint !== endpoint) return rejections.misplaced()
  return answerByRoute(routes, request, address.path, errors)
}
