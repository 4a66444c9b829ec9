import { OAuthError, secureUrl, type Provider } from '@oauthkit/core'
import { discoveryRequest, processDiscoveryResponse, type AuthorizationServer } from 'oauth4webapi'
import { requestOptions } from './request-options.ts'
import type { LoginSettings } from './settings.ts'

/** The members of a provider that are metadata, and their names there. See OpenID Connect Discovery 1.0 §3. */
const members = {
  authorizationEndpoint: 'authorization_endpoint',
  tokenEndpoint: 'token_endpoint',
  userinfoEndpoint: 'userinfo_endpoint',
  revocationEndpoint: 'revocation_endpoint',
  endSessionEndpoint: 'end_session_endpoint',
  jwksUri: 'jwks_uri',
} as const satisfies Partial<Record<keyof Provider, keyof AuthorizationServer>>

/**
 * Makes what finds out about the provider, once: what its data says goes first, then what its metadata says, which is only
 * asked for where the data does not suffice.
 */
export function createAuthorizationServer(settings: LoginSettings): () => Promise<AuthorizationServer> {
  const { provider } = settings
  const own = ownMetadata(provider)
  // The result, not the promise of it: on Workers, one request's promise may never settle in another.
  let known = own.authorization_endpoint && own.jwks_uri ? own : undefined
  return async () => {
    if (known) return known
    const discovered = await discover(settings)
    try {
      // The issuer letter for letter as it is published there, since ID tokens are compared with it.
      known = checkEndpoints(provider, { ...discovered, ...own, issuer: discovered.issuer })
      return known
    } catch (error) {
      // What is wrong is not the user's doing here.
      throw new OAuthError('TOKEN_MALFORMED', (error as Error).message, { provider: provider.name })
    }
  }
}

function ownMetadata(provider: Provider): AuthorizationServer {
  const { issuer = '', idTokenSigningAlgorithms: algorithms } = provider
  const own: Record<string, unknown> = {}
  for (const [member, name] of Object.entries(members)) {
    const value = provider[member as keyof typeof members]
    if (value !== undefined) own[name] = value
  }
  if (algorithms) own['id_token_signing_alg_values_supported'] = algorithms
  return checkEndpoints(provider, { issuer, ...own })
}

async function discover(settings: LoginSettings): Promise<AuthorizationServer> {
  const { provider, fetch } = settings
  const { discoveryUrl, issuer = '' } = provider
  const options = requestOptions(settings, discoveryUrl ?? issuer)
  const response = discoveryUrl
    ? await fetch(discoveryUrl, { headers: { accept: 'application/json' }, redirect: 'manual', signal: options.signal })
    : await discoveryRequest(new URL(issuer), options)
  return processDiscoveryResponse(new URL(issuer), response)
}

/** Metadata comes from outside: no secret may be sent where it says before this has looked at it. */
function checkEndpoints({ name }: Provider, server: AuthorizationServer): AuthorizationServer {
  for (const member of Object.values(members)) {
    const url = server[member]
    if (url !== undefined) secureUrl(url, `${name}: ${member}`)
  }
  return server
}
