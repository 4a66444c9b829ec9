import type { Address } from '../address.ts'
import { answerByRoute, type Route } from '../answer-by-route.ts'
import { apiError } from '../api-error.ts'
import type { RuleContext } from '../emulated-provider.ts'
import { readBearer } from '../read-bearer.ts'
import { listCampaigns, listContacts } from './digitaleo-lists.ts'
import type { DigitaleoSettings } from './digitaleo-settings.ts'

/** The APIs' hosts, each with the status that means a bad token there: public clients expect the one or the other. */
export const digitaleoApis: Readonly<Record<string, number>> = {
  'api.messengeo.net': 400,
  'contacts.messengeo.net': 401,
  'sms.messengeo.net': 401,
  'baseo.messengeo.net': 401,
  'mobile.messengeo.net': 401,
}

const routes: ReadonlyMap<string, Route> = new Map([
  ['api.messengeo.net/rest/campaigns', { method: 'GET', answer: listCampaigns }],
  ['contacts.messengeo.net/rest/contacts', { method: 'GET', answer: listContacts }],
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
  if (badTokenStatus === undefined) return errors.notFound()

  const accessToken = readBearer(request)
  const token = context.findToken(accessToken ?? '')
  const reject = (reason: string) => context.countRejection(apiError(badTokenStatus, 'invalid_token', reason))
  if (accessToken === undefined) return reject('The access token is missing')
  if (!token) return reject('The access token is unknown')
  if (token.isExpired) return reject('The access token has expired')
  return answerByRoute(routes, request, host + path, errors)
}

/** Answers a call beyond the limit that the emulator's user set. */
export const tooManyDigitaleoCalls = (): Response => apiError(429, 'too_many_requests', 'Too many calls in a minute')

const errors = {
  notFound: () => apiError(404, 'not_found', 'There is nothing at this path'),
  wrongMethod: (allow: string) => apiError(405, 'method_not_allowed', `The method must be ${allow}`, { Allow: allow }),
  badBody: () => apiError(400, 'invalid_request', 'The body could not be read'),
}

function headerTooLarge(): Response {
  const title = '400 Request Header Or Cookie Too Large'
  return new Response(`<html><head><title>${title}</title></head><body><h1>400 Bad Request</h1></body></html>\n`, {
    status: 400,
    headers: { 'Content-Type': 'text/html' },
  })
}
