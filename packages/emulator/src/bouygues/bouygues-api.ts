import type { Address } from '../address.ts'
import { answerByRoute, type Route } from '../answer-by-route.ts'
import type { RuleContext } from '../emulated-provider.ts'
import { jsonResponse } from '../json-response.ts'
import { readBearer } from '../read-bearer.ts'
import { bouyguesApis } from './bouygues-addresses.ts'
import { apiError } from '../api-error.ts'
import { checkEmail } from './check-email.ts'

const EMAIL_CHECK = '/v1/customer-management/email-addresses/check'
const CONTRACTS = '/contracts'
const MOBILE_DATA = '/customer-management/v1/usage-consumptions/mobile-data'

/** The scopes that the paths need. */
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
  if (!environment) return errors.notFound()
  const { prefix, endpoints } = environment

  const token = context.findToken(readBearer(request) ?? '')
  // A token of the other environment is a stranger here.
  if (!token || token.isExpired || !endpoints.includes(token.endpoint)) {
    return apiError(401, 'invalid_token', 'A valid Bearer token is needed')
  }
  if (!address.path.startsWith(`${prefix}/`)) return errors.notFound()
  const path = address.path.slice(prefix.length)
  const scope = scopes.get(path)
  if (scope && !token.scope?.split(' ').includes(scope)) {
    return apiError(403, 'insufficient_scope', `The token needs the scope ${scope}`)
  }
  return answerByRoute(routes, request, path, errors)
}

/** Answers a call beyond the limit that the emulator's user set. */
export const tooManyBouyguesCalls = (): Response => apiError(429, 'too_many_requests', 'Too many calls in a minute')

const errors = {
  notFound: () => apiError(404, 'not_found', 'There is nothing at this path'),
  wrongMethod: (allow: string) => apiError(405, 'method_not_allowed', `The method must be ${allow}`, { Allow: allow }),
  badBody: () => apiError(400, 'invalid_request', 'The body could not be read'),
}
