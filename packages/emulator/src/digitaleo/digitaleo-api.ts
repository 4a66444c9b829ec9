import type { Address, RuleContext } from '../emulated-provider.ts'
import { jsonResponse } from '../http.ts'
import { apiError, readBearer } from '../oauth.ts'
import { answerByRoute, apiErrors, type Route } from '../routes.ts'
import type { DigitaleoSettings } from './digitaleo-settings.ts'

/** The APIs' hosts, each with the status for a bad token there. Public clients expect one or the other. */
export const digitaleoApis: Readonly<Record<string, number>> = {
  'api.messengeo.net': 400,
  'contacts.messengeo.net': 401,
  'sms.messengeo.net': 401,
  'baseo.messengeo.net': 401,
  'mobile.messengeo.net': 401,
}

const routes: ReadonlyMap<string, Route> = new Map([
  ['api.messengeo.net/rest/campaigns', { method: 'GET', answer: (request) => listPage(request, campaigns) }],
  ['contacts.messengeo.net/rest/contacts', { method: 'GET', answer: (request) => listPage(request, contacts) }],
])

/**
 * Answers a call to one of Digitaleo's APIs.
 *
 * @see {@link https://developers.digitaleo.com/rest-apis-v1/authentication | Authentification oAuth 2.0}
 */
export async function answerDigitaleoCall(
  request: Request,
  { host, path }: Address,
  context: RuleContext<DigitaleoSettings>,
): Promise<Response> {
  if ((request.headers.get('Authorization') ?? '').length > context.settings.maxHeaderBytes) return headerTooLarge()
  const badTokenStatus = digitaleoApis[host]
  if (badTokenStatus === undefined) return apiErrors.notFound()

  const accessToken = readBearer(request)
  const token = context.findToken(accessToken ?? '')
  const reject = (reason: string) => context.countRejection(apiError(badTokenStatus, 'invalid_token', reason))
  if (accessToken === undefined) return reject('The access token is missing')
  if (!token) return reject('The access token is unknown')
  if (token.isExpired) return reject('The access token has expired')
  return answerByRoute(routes, request, host + path, apiErrors)
}

function headerTooLarge(): Response {
  const title = '400 Request Header Or Cookie Too Large'
  return new Response(`<html><head><title>${title}</title></head><body><h1>400 Bad Request</h1></body></html>\n`, {
    status: 400,
    headers: { 'Content-Type': 'text/html' },
  })
}

const campaigns = [1, 2, 3, 4, 5].map((id) => ({ id, name: `Campagne fictive ${id}` }))

const contacts = [1, 2, 3, 4, 5].map((id) => ({ id, firstName: 'Prénom', lastName: `Fictif ${id}` }))

function listPage(request: Request, all: readonly object[]): Response {
  const { searchParams } = new URL(request.url)
  const offset = Number(searchParams.get('offset') ?? 0)
  const limit = Number(searchParams.get('limit') ?? all.length)
  return jsonResponse({ list: all.slice(offset, offset + limit), total: all.length })
}
