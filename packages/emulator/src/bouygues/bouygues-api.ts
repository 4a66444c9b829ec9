import type { Address, RuleContext } from '../emulated-provider.ts'
import { jsonResponse, readJsonObject } from '../http.ts'
import { apiError, readBearer } from '../oauth.ts'
import { answerByRoute, apiErrors, type Route } from '../routes.ts'
import { bouyguesApis } from './bouygues-addresses.ts'

const EMAIL_CHECK = '/v1/customer-management/email-addresses/check'
const CONTRACTS = '/contracts'
const MOBILE_DATA = '/customer-management/v1/usage-consumptions/mobile-data'

/** The scope that each path needs. */
const scopes: ReadonlyMap<string, string> = new Map([
  [EMAIL_CHECK, 'EXT_EmailAddressConsult'],
  [CONTRACTS, 'ENT_ContratServicesConsult'],
  [MOBILE_DATA, 'ConsommationConsult'],
])

const routes: ReadonlyMap<string, Route> = new Map([
  [EMAIL_CHECK, { method: 'POST', answer: checkEmail }],
  [CONTRACTS, { method: 'GET', answer: () => jsonResponse([{ id: 'contrat-fictif-1' }, { id: 'contrat-fictif-2' }]) }],
  [MOBILE_DATA, { method: 'GET', answer: () => jsonResponse({ usedMegabytes: 1234, includedMegabytes: 20_480 }) }],
])

/**
 * Answers a call to one of Bouygues Telecom's APIs.
 *
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication | Authentication}
 */
export async function answerBouyguesCall(request: Request, address: Address, context: RuleContext): Promise<Response> {
  const environment = bouyguesApis[address.host]
  if (!environment) return apiErrors.notFound()
  const { prefix, endpoints } = environment

  const token = context.findToken(readBearer(request) ?? '')
  // A token of the other environment is rejected as unknown.
  if (!token || token.isExpired || !endpoints.includes(token.endpoint)) {
    return apiError(401, 'invalid_token', 'A valid Bearer token is needed')
  }
  if (!address.path.startsWith(`${prefix}/`)) return apiErrors.notFound()
  const path = address.path.slice(prefix.length)
  const scope = scopes.get(path)
  if (scope && !token.scope?.split(' ').includes(scope)) {
    return apiError(403, 'insufficient_scope', `The token needs the scope ${scope}`)
  }
  return answerByRoute(routes, request, path, apiErrors)
}

/** Answers whether an e-mail address is valid, and whether it is a contact's. Both values are made up. */
async function checkEmail(request: Request): Promise<Response> {
  const emailAddress = readJsonObject(await request.text())?.['emailAddress']
  if (typeof emailAddress !== 'string') return apiError(400, 'invalid_request', 'emailAddress is missing')
  const validEmailAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(emailAddress)
  return jsonResponse({ contactEmailAddress: emailAddress.startsWith('contact@'), validEmailAddress })
}
