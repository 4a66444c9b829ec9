import { oauthError } from '@oauthkit/core/plugin'
import { customFetch, discoveryRequest, processDiscoveryResponse, type AuthorizationServer } from 'oauth4webapi'
import { checkConfirmed } from './foreign-endpoints.ts'
import { checkEndpoints, type EndpointName } from './metadata.ts'
import { requestOptions } from './request-options.ts'
import type { LoginSettings } from './settings.ts'

/** The endpoints that every sign-in needs. */
const signInEndpoints = ['authorizationEndpoint', 'tokenEndpoint', 'jwksUri'] as const

/**
 * Whether a provider's data is enough for a sign-in, and for `endpoint`, without its metadata. The metadata must confirm
 * the endpoints that are not below the issuer.
 */
export const isComplete = ({ provider, foreign }: LoginSettings, endpoint: EndpointName): boolean =>
  signInEndpoints.every((name) => provider[name] !== undefined) &&
  ![...signInEndpoints, endpoint].some((name) => foreign.includes(name))

/**
 * Fetches the provider's metadata, and returns it with the provider's data, which takes precedence.
 *
 * @throws `TypeError` if the data has an endpoint that does not belong to the issuer.
 */
export async function discoverServer(settings: LoginSettings): Promise<AuthorizationServer> {
  const { provider, metadata: own, foreign } = settings
  const discovered = await discover(settings)
  checkConfirmed(provider, foreign, discovered)
  // Keeps the issuer exactly as the metadata spells it, because ID tokens are compared with it.
  const server = { ...discovered, ...own, issuer: discovered.issuer }
  const malformed = (what: string) => oauthError(provider.name, 'TOKEN_MALFORMED', what)
  // Every sign-in needs these. The error must come before the user is sent to the provider.
  for (const member of ['authorization_endpoint', 'jwks_uri'] as const) {
    if (!server[member]) throw malformed(`its metadata has no ${member}: add it to the provider's data`)
  }
  try {
    return checkEndpoints(provider, server)
  } catch {
    // The provider made this mistake, not the caller, so it is no TypeError.
    throw malformed('its metadata has an endpoint that is no https: URL')
  }
}

async function discover(settings: LoginSettings): Promise<AuthorizationServer> {
  const { discoveryUrl, issuer = '' } = settings.provider
  const options = requestOptions(settings, discoveryUrl ?? issuer)
  const { signal, [customFetch]: send } = options
  const headers = { accept: 'application/json' }
  const response = discoveryUrl
    ? await send(discoveryUrl, { method: 'GET', headers, body: undefined, redirect: 'manual', signal })
    : await discoveryRequest(new URL(issuer), options)
  return processDiscoveryResponse(new URL(issuer), response)
}
