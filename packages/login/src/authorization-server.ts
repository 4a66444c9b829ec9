import { oauthError } from '@oauthkit/core/plugin'
import { customFetch, discoveryRequest, processDiscoveryResponse, type AuthorizationServer } from 'oauth4webapi'
import { checkEndpoints } from './metadata.ts'
import { requestOptions } from './request-options.ts'
import type { LoginSettings } from './settings.ts'

/**
 * Finds out about the provider: what its data says goes first, then what its metadata says, which is only asked for where
 * the data does not suffice for a sign-in.
 */
export async function findAuthorizationServer(settings: LoginSettings): Promise<AuthorizationServer> {
  const { provider, metadata: own } = settings
  if (own.authorization_endpoint && own.jwks_uri) return own
  const discovered = await discover(settings)
  // The issuer letter for letter as it is published there, since ID tokens are compared with it.
  const server = { ...discovered, ...own, issuer: discovered.issuer }
  const malformed = (what: string) => oauthError(provider.name, 'TOKEN_MALFORMED', what)
  // No sign-in does without these: better said before the user is sent away than after.
  for (const member of ['authorization_endpoint', 'jwks_uri'] as const) {
    if (!server[member]) throw malformed(`its metadata has no ${member}: add it to the provider's data`)
  }
  try {
    return checkEndpoints(provider, server)
  } catch {
    // What is wrong is not the caller's doing here, so it is no TypeError.
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
