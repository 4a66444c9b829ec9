import { oauthError } from '@oauthkit/core/plugin'
import { customFetch, discoveryRequest, processDiscoveryResponse, type AuthorizationServer } from 'oauth4webapi'
import { checkEndpoints } from './metadata.ts'
import { requestOptions } from './request-options.ts'
import type { LoginSettings } from './settings.ts'

/**
 * Returns the data about the provider that a sign-in needs. The provider's data takes precedence over its metadata.
 *
 * The metadata is only fetched if the data is not enough for a sign-in.
 */
export async function findAuthorizationServer(settings: LoginSettings): Promise<AuthorizationServer> {
  const { provider, metadata: own } = settings
  if (own.authorization_endpoint && own.jwks_uri) return own
  const discovered = await discover(settings)
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
