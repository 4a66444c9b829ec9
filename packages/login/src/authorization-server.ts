import { OAuthError, type Provider } from '@oauthkit/core'
import { customFetch, discoveryRequest, processDiscoveryResponse, type AuthorizationServer } from 'oauth4webapi'
import { checkEndpoints } from './metadata.ts'
import { requestOptions } from './request-options.ts'
import type { LoginSettings } from './settings.ts'

/**
 * Makes what finds out about the provider, once: what its data says goes first, then what its metadata says, which is only
 * asked for where the data does not suffice.
 */
export function createAuthorizationServer(settings: LoginSettings): () => Promise<AuthorizationServer> {
  const { provider, metadata: own } = settings
  // The result, not the promise of it: on Workers, one request's promise may never settle in another.
  let known = own.authorization_endpoint && own.jwks_uri ? own : undefined
  return async () => {
    if (known) return known
    const discovered = await discover(settings)
    try {
      // The issuer letter for letter as it is published there, since ID tokens are compared with it.
      known = checkSuffices(provider, checkEndpoints(provider, { ...discovered, ...own, issuer: discovered.issuer }))
      return known
    } catch (error) {
      // What is wrong is not the user's doing here.
      throw new OAuthError('TOKEN_MALFORMED', (error as Error).message, { provider: provider.name })
    }
  }
}

async function discover(settings: LoginSettings): Promise<AuthorizationServer> {
  const { discoveryUrl, issuer = '' } = settings.provider
  const options = requestOptions(settings, discoveryUrl ?? issuer)
  const { signal, [customFetch]: fetch } = options
  const headers = { accept: 'application/json' }
  const response = discoveryUrl
    ? await fetch(discoveryUrl, { method: 'GET', headers, body: undefined, redirect: 'manual', signal })
    : await discoveryRequest(new URL(issuer), options)
  return processDiscoveryResponse(new URL(issuer), response)
}

/** No sign-in does without these: better said before the user is sent away than after. */
function checkSuffices({ name }: Provider, server: AuthorizationServer): AuthorizationServer {
  for (const member of ['authorization_endpoint', 'jwks_uri'] as const) {
    if (!server[member]) throw new TypeError(`${name}: its metadata has no ${member}`)
  }
  return server
}
