import type { RuleContext } from '../emulated-provider.ts'
import { errorResponse } from '../error-response.ts'
import { jsonResponse } from '../json-response.ts'
import { readBasic } from '../read-basic.ts'
import { readTokenForm } from '../read-token-form.ts'
import { splitAuthorization } from '../split-authorization.ts'

/** Reads the form of a client that shows its secret by Basic; or refuses it. */
export async function authenticateBouygues(
  request: Request,
  context: Pick<RuleContext, 'isClient'>,
): Promise<{ readonly clientId: string; readonly form: URLSearchParams } | Response> {
  if (request.method !== 'POST')
    return errorResponse(405, 'invalid_request', 'The method must be POST', { Allow: 'POST' })
  const form = await readTokenForm(request)
  if (typeof form === 'string') return errorResponse(400, 'invalid_request', form)

  const { scheme, value } = splitAuthorization(request.headers.get('Authorization'))
  // The page says once that the secret alone is encoded; all its examples encode id:secret.
  const credentials = scheme === 'Basic' ? readBasic(value) : undefined
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
