import type { Address, RuleContext } from '../emulated-provider.ts'
import { errorResponse, readTokenForm, tokenResponse } from '../oauth.ts'
import { randomJwt } from '../random.ts'
import { bouyguesEndpoints, bouyguesRealm } from './bouygues-addresses.ts'
import type { AssertionCheck } from './bouygues-assertion.ts'
import type { BouyguesSettings } from './bouygues-settings.ts'

const SCOPE = 'ENT_ContratServicesManage ENT_ContratServicesConsult'

/** The exact parameters of the form: none can be added or left out. */
const parameters = ['grant_type', 'client_assertion_type', 'client_assertion']

/**
 * Answers a token request of a client with a certificate. Every problem gets 400 `invalid_client`.
 *
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication | Authentication}, App credentials with certificate
 */
export async function answerCertificateRequest(
  request: Request,
  address: Address,
  context: RuleContext<BouyguesSettings>,
  assertions: AssertionCheck,
): Promise<Response> {
  const form = await readTokenForm(request)
  const problem = typeof form === 'string' ? form : refuseForm(form, request)
  if (typeof form === 'string' || problem) return invalidClient(problem)

  // Both the documented URLs and the URLs on this server are accepted.
  const audiences = [bouyguesRealm, bouyguesEndpoints.certificate].flatMap((documented) => {
    const url = `https://${documented}`
    return [url, address.addressOf(url)]
  })
  const checked = await assertions.check(form.get('client_assertion') ?? '', audiences)
  if ('problem' in checked) return invalidClient(checked.problem)

  const { clientId } = checked
  const lifetimeMs = context.settings.certificateLifetimeMs
  const { accessToken, leftMs, scope } = context.issueToken({
    endpoint: address.host + address.path,
    clientId,
    scope: SCOPE,
    lifetimeMs,
    makeToken: () => {
      const iat = Math.floor(context.clock.now() / 1000)
      const exp = iat + Math.floor(lifetimeMs / 1000)
      const claims = {
        iss: `https://${bouyguesRealm}`,
        azp: clientId,
        iat,
        exp,
        jti: crypto.randomUUID(),
        scope: SCOPE,
      }
      return randomJwt({ alg: 'RS256', typ: 'JWT' }, claims)
    },
  })
  return tokenResponse({
    access_token: accessToken,
    expires_in: Math.floor(leftMs / 1000),
    refresh_expires_in: 0,
    token_type: 'Bearer',
    'not-before-policy': 0,
    scope,
  })
}

function refuseForm(form: URLSearchParams, request: Request): string | undefined {
  if (request.method !== 'POST') return 'The method must be POST'
  if (request.headers.has('Authorization')) return 'There must be no Authorization header'
  const names = [...form.keys()]
  if (names.length !== parameters.length || !parameters.every((name) => names.includes(name))) {
    return `The body must hold ${parameters.join(', ')} and nothing else`
  }
  if (form.get('grant_type') !== 'client_credentials') return 'grant_type must be client_credentials'
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  return form.get('client_assertion_type') === type ? undefined : `client_assertion_type must be ${type}`
}

const invalidClient = (problem = ''): Response => errorResponse(400, 'invalid_client', problem)
